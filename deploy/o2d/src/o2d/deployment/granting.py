"""Kafka is waited for, and told who may do what; what it knows already stays."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, for_code
from aiokafka.protocol.admin import CreateAclsRequest

from backbone.kafka import Access
from backbone.kafka_client import options_of
from o2d.deployment.rights import Right
from o2d.trouble import CannotStart

LITERAL: Final = 3
ALLOW: Final = 3
ANY_HOST: Final = "*"
SECONDS: Final = 60
LOOK_SECONDS: Final = 0.5


async def reached(access: Access) -> None:
    """Wait until a broker lets us in: it may have begun with us. Raises CannotStart after a minute without one."""
    try:
        async with asyncio.timeout(SECONDS):
            while not await _lets_in(access):  # noqa: ASYNC110 - the broker cannot tell us that it has begun
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError as late:
        raise CannotStart(
            f"No broker at {access.bootstrap} lets {access.username or 'us'} in.",
            "Look at O2D_KAFKA_BOOTSTRAP, at the user and at the password.",
        ) from late


async def _lets_in(access: Access) -> bool:
    client = AIOKafkaClient(**options_of(access))
    try:
        await client.bootstrap()
    except KafkaConnectionError:
        return False
    finally:
        await client.close()
    return True


async def grant(access: Access, rights: Iterable[Right]) -> int:
    """Give rights to users, one after the other, and say how many.

    Raises `KafkaError` for what the brokers refuse, TimeoutError when they take longer than a minute.
    """
    client, given = AIOKafkaClient(**options_of(access)), 0
    try:
        async with asyncio.timeout(SECONDS):
            await client.bootstrap()
            for right in rights:
                await _give(client, right)
                given += 1
    finally:
        await client.close()
    return given


async def _give(client: AIOKafkaClient, right: Right) -> None:
    asked = CreateAclsRequest(
        right.resource, right.name, LITERAL, f"User:{right.user}", ANY_HOST, right.operation, ALLOW
    )
    answer = await client.send(client.get_random_node(), asked)
    for code, message in answer.creation_responses:
        if code:
            raise for_code(code)(f"{right.user}, {right.name}: {message}")
