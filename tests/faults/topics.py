"""Topics for one test: gone with it, because a broker that starts again after a kill looks through all that it has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code

from backbone.ids import new_id
from backbone.kafka import Access
from backbone.kafka_client import options_of
from backbone.topics import create_topics
from contracts.topics import TOPICS


@asynccontextmanager
async def own_topics(bootstrap: str) -> AsyncIterator[Access]:
    """All topics under a prefix of their own; of a test that fails they stay, to be looked at."""
    access = Access(bootstrap, prefix=f"t{new_id()[-12:]}.")
    await create_topics(access, TOPICS, replication=1)
    yield access
    await _delete(access)


async def _delete(access: Access) -> None:
    admin = AIOKafkaAdminClient(**options_of(access))
    await admin.start()
    try:
        answer = await admin.delete_topics([access.prefix + topic.name for topic in TOPICS])
        for name, code, *_ in answer.topic_error_codes:
            if code:
                raise for_code(code)(name)
    finally:
        await admin.close()
