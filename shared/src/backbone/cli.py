"""The command line of a service: run, serve, consume, relay, migrate, topics, prepare, refill."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

import structlog
import uvloop
from pydantic import ValidationError

from backbone import faults, traces
from backbone.kafka_client import KafkaProducer
from backbone.keyset import keys_of
from backbone.logs import speak
from backbone.policy import Policy
from backbone.refill import RelayActive, refill
from backbone.run import PARTS, run
from backbone.service import Service
from backbone.service.database import plain_url
from backbone.settings import Settings
from backbone.topics import create_topics
from backbone.wording import plainly

WORDS: Final = {
    "run": "serve, consume and relay in one process",
    "serve": "answer HTTP requests alone",
    "consume": "hear facts and fire deadlines alone",
    "relay": "send facts alone",
    "migrate": "bring the database up to date",
    "topics": "create the topics that all services have agreed on",
    "prepare": "migrate, then topics",
    "refill": "send the log of facts again to a Kafka that was wiped, while no relay runs",
}
FAILED: Final = 1
MISUSED: Final = 2
COLLECT_COUNT: Final = 50_000

log = structlog.get_logger(__name__)


def main(service: Service, *, package: str, policy: Policy, arguments: Sequence[str] | None = None) -> None:
    """Run one word of the command line and end the process: 0 done or stopped, 1 failed, 2 misused."""
    parser = argparse.ArgumentParser(prog=f"python -m {package}")
    words = parser.add_subparsers(dest="word", required=True)
    for word, does in WORDS.items():
        words.add_parser(word, help=does)
    word = parser.parse_args(arguments).word
    try:
        settings = Settings()  # type: ignore[call-arg]  # from the environment
    except ValidationError as wrong:
        for error in wrong.errors():
            named = "_".join(str(part) for part in error["loc"]).upper()
            sys.stderr.write(f"O2D_{named}: {plainly(error)}\n")
        sys.exit(MISUSED)
    if word in {"run", *PARTS} and (wrongs := _wrongs(settings)):
        sys.stderr.writelines(f"{wrong}\n" for wrong in wrongs)
        sys.exit(MISUSED)
    faults.arm(os.environ.get("O2D_FAULT_POINT", ""))
    speak(settings.log_level, service.name, traces.on_log_lines())
    calm_collector()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        well = runner.run(_do(word, service, package, policy, settings))
    sys.exit(0 if well else FAILED)


def _wrongs(settings: Settings) -> list[str]:
    """What keeps a process from working although it reads well, a sentence each."""
    found = []
    asked: dict[str, Callable[[], object]] = {
        "O2D_JWKS": lambda: keys_of(settings.jwks),
        "O2D_CLOCK": settings.business_clock,
        "O2D_LINK_SECRET": settings.seals,
    }
    for name, ask in asked.items():
        try:
            ask()
        except ValueError as wrong:
            found.append(f"{name}: {wrong}")
    return found


async def _do(word: str, service: Service, package: str, policy: Policy, settings: Settings) -> bool:
    if word in {"migrate", "prepare"}:
        # Imported here: what only migrates need not be loaded by a process that serves.
        from backbone.migrate import migrate

        log.info("migrate.done", service=service.name, applied=await migrate(settings.service_dsn, package))
    if word in {"topics", "prepare"}:
        # All of them, not only its own: a consumer joins when every topic that it hears is there, whoever tells it.
        topics = service.catalogue.topics
        await create_topics(settings.access(), topics, replication=settings.kafka_replication)
    if word in {"migrate", "topics", "prepare"}:
        return True
    if word == "refill":
        return await _refilled(service, settings)
    return await run(service, settings, policy=policy, parts=PARTS if word == "run" else frozenset({word}))


async def _refilled(service: Service, settings: Settings) -> bool:
    try:
        await refill(
            plain_url(settings.service_dsn),
            lambda: KafkaProducer(settings.access()),
            name=service.name,
            personal=service.personal_topics,
            times=settings.relay_times(),
        )
    except RelayActive as active:
        log.error("refill.refused", cause=str(active))
        return False
    return True


def calm_collector() -> None:
    """Leave what was loaded at start alone, and look at what is new less often: a third of a hop's CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_COUNT, 20, 20)
