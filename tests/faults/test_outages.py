"""The broker and the database are killed in the middle of a road and come again: nothing is lost or doubled."""

from __future__ import annotations

from simulator.scenarios import SCENARIOS
from tests.faults.conftest import Converged
from tests.faults.outages import Once, healthy, state, stated
from tests.faults.street import KILLED, Ground, street

ASKED_COUNT = 5


async def test_while_the_broker_is_away_commands_are_accepted_and_told_when_it_is_back(
    ground: Ground, converged: Converged
) -> None:
    servers = ground.servers

    async with street(ground) as town:

        async def away() -> None:
            assert await servers.kill(servers.broker) == KILLED
            for number in range(ASKED_COUNT):
                assert (await state(town, ground, f"key-{number}")).status_code == 201
            assert len(await town.rows("orders", "SELECT 1 FROM outbox")) >= ASKED_COUNT
            await servers.do(servers.broker.start())

        once = Once(town, away)
        town.watched.hook = once.look
        order = await town.play(SCENARIOS["shaft"])
        assert await stated(town) == ASKED_COUNT
        await healthy(town, order)
        assert {name: member.codes for name, member in town.members.items() if member.codes} == {}
        converged(*once.seconds)


async def test_while_the_database_is_away_commands_are_refused_and_their_keys_are_one_effect_later(
    ground: Ground, converged: Converged
) -> None:
    servers = ground.servers

    async with street(ground) as town:

        async def away() -> None:
            assert await servers.kill(servers.postgres) == KILLED
            for number in range(ASKED_COUNT):
                refused = await state(town, ground, f"key-{number}")
                assert refused.status_code == 503
                assert refused.headers["content-type"] == "application/problem+json"
                assert refused.json()["status"] == 503
            await servers.do(servers.postgres.start())

        once = Once(town, away)
        town.watched.hook = once.look
        order = await town.play(SCENARIOS["shaft"])
        assert await stated(town) == 0
        for number in range(ASKED_COUNT):
            first, again = [await state(town, ground, f"key-{number}") for _ in range(2)]
            assert (first.status_code, first.content) == (201, again.content)
        assert await stated(town) == ASKED_COUNT
        await healthy(town, order)
        converged(*once.seconds)
