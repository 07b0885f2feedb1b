"""Fetch sessions: a consumer names to the broker only what changed since its last question.

The protocol is the one of KIP-227. The client library names every partition in every question, and hears of every
one in every answer: of a service that hears thirty topics, hundreds, for a handful of records.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import FetchSessionIdNotFound, InvalidFetchSessionEpoch, for_code
from aiokafka.protocol.fetch import FetchRequest

# The first version of the protocol's question that knows sessions.
SESSIONS_VERSION: Final = 7
NO_SESSION: Final = 0
FIRST_EPOCH: Final = 0
EPOCH_MAX: Final = 2**31 - 1
# The broker has forgotten the session, or has answered a question whose answer never came.
LOST: Final = frozenset({FetchSessionIdNotFound.errno, InvalidFetchSessionEpoch.errno})

Partition = tuple[str, int]
Wanted = tuple[int, int]
Topics = list[tuple[str, list[tuple[int, int, int]]]]


class _Question(FetchRequest):  # type: ignore[misc]
    """What changed since the last question of a session, or all of it at epoch 0."""

    def __init__(
        self,
        whole: FetchRequest,
        topics: Topics,
        forgotten: list[tuple[str, list[int]]],
        session: tuple[int, int],
    ) -> None:
        self.__dict__.update(whole.__dict__)
        self._whole = whole
        self._topics = topics
        self._forgotten = forgotten
        self._session = session

    def build(self, request_struct_class: Any) -> Any:
        if request_struct_class.API_VERSION < SESSIONS_VERSION:
            return self._whole.build(request_struct_class)
        struct = super().build(request_struct_class)
        struct.session_id, struct.session_epoch = self._session
        struct.forgotten_topics_data = self._forgotten
        return struct


class FetchSession:
    """What one broker remembers of one consumer: which partitions it wants, each from which offset on."""

    def __init__(self) -> None:
        self._id = NO_SESSION
        self._epoch = FIRST_EPOCH
        self._known: dict[Partition, Wanted] = {}

    def question(self, whole: FetchRequest) -> FetchRequest:
        """The question that tells the broker what `whole` wants beyond what it remembers."""
        wanted = {(topic, number): (at, size) for topic, parts in whole.topics for number, at, size in parts}
        changed = {place: want for place, want in wanted.items() if self._known.get(place) != want}
        gone = self._known.keys() - wanted.keys()
        self._known = wanted
        topics: dict[str, list[tuple[int, int, int]]] = {}
        for (topic, number), (at, size) in changed.items():
            topics.setdefault(topic, []).append((number, at, size))
        forgotten: dict[str, list[int]] = {}
        for topic, number in gone:
            forgotten.setdefault(topic, []).append(number)
        return _Question(whole, list(topics.items()), list(forgotten.items()), (self._id, self._epoch))

    def answered(self, answer: Any) -> None:
        """The broker has taken the last question. Raises the error of its answer, a `KafkaError`."""
        if answer.API_VERSION < SESSIONS_VERSION:
            self.forget()
            return
        if answer.error_code:
            self.forget()
            raise for_code(answer.error_code)(answer)
        self._id = answer.session_id
        if self._id == NO_SESSION:
            # It has no room for one more session: every question names everything.
            self.forget()
            return
        self._epoch = self._epoch + 1 if self._epoch < EPOCH_MAX else FIRST_EPOCH + 1

    def forget(self) -> None:
        """Begin anew: what the broker remembers is not known, and it drops the former session."""
        self._epoch = FIRST_EPOCH
        self._known = {}


class FetchSessions:
    """The way of a consumer's requests to its brokers, with a session for each of them.

    Questions for records go out when the consumer is free to begin with the answer. One that waits at the broker is
    looked at again, with all its partitions, whenever anything is told; one that finds something is answered at once.
    """

    def __init__(
        self, send: Callable[..., Awaitable[Any]], until_free: Callable[[], Awaitable[None]]
    ) -> None:
        self._send = send
        self._until_free = until_free
        self.by_broker: dict[int, FetchSession] = {}

    async def __call__(self, node_id: int, request: Any, **options: Any) -> Any:
        """The broker's answer; questions for records are asked within its session. Raises `KafkaError`."""
        if not isinstance(request, FetchRequest):
            return await self._send(node_id, request, **options)
        await self._until_free()
        session = self.by_broker.setdefault(node_id, FetchSession())
        answer = await self._asked(node_id, session, request, options)
        if getattr(answer, "error_code", 0) in LOST:
            session.forget()
            answer = await self._asked(node_id, session, request, options)
        session.answered(answer)
        return answer

    async def _asked(self, node_id: int, session: FetchSession, request: FetchRequest, options: Any) -> Any:
        try:
            return await self._send(node_id, session.question(request), **options)
        except BaseException:
            # Whether the broker has heard the question is not known.
            session.forget()
            raise


def remembered(consumer: AIOKafkaConsumer, until_free: Callable[[], Awaitable[None]]) -> FetchSessions:
    """Let a consumer that was not started yet ask its brokers within sessions, for records `until_free` only."""
    sessions = FetchSessions(consumer._client.send, until_free)
    consumer._client.send = sessions
    return sessions
