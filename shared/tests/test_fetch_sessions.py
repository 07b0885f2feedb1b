"""A consumer names to the broker what changed, no more; a session that was lost loses no record and doubles none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aiokafka.protocol.fetch import FetchRequest, FetchRequest_v4, FetchRequest_v11

from backbone.kafka_sessions import FetchSession
from backbone.testing_support import eventually
from shared.tests.grounds import Ground, running
from shared.tests.records import Ear, consuming, send


def whole(**at: int) -> FetchRequest:
    """A question of the library for partitions 0, 1, … of topics a, b, …, all at one offset a topic."""
    return FetchRequest(
        500, 1, 1000, 0, [(topic, [(n, offset, 100) for n in (0, 1)]) for topic, offset in at.items()]
    )


class Answer:
    """What a broker says to a question, but for the records."""

    API_VERSION = 11

    def __init__(self, session_id: int = 7, error_code: int = 0) -> None:
        self.session_id, self.error_code = session_id, error_code


def named(session: FetchSession, request: FetchRequest) -> tuple[int, int, list[str], list[str]]:
    """Session, epoch, topics asked for and topics forgotten, as the next question has them on the wire."""
    struct = FetchRequest_v11.decode(session.question(request).build(FetchRequest_v11).encode())
    asked = [f"{topic}/{part[0]}" for topic, parts in struct.topics for part in parts]
    gone = [f"{topic}/{part}" for topic, parts in struct.forgotten_topics_data for part in parts]
    return struct.session_id, struct.session_epoch, sorted(asked), sorted(gone)


def test_the_first_question_names_all_and_later_ones_what_changed() -> None:
    session = FetchSession()
    assert named(session, whole(a=0, b=0)) == (0, 0, ["a/0", "a/1", "b/0", "b/1"], [])
    session.answered(Answer())
    assert named(session, whole(a=0, b=5)) == (7, 1, ["b/0", "b/1"], [])
    session.answered(Answer())
    assert named(session, whole(a=0, b=5)) == (7, 2, [], [])
    session.answered(Answer())
    assert named(session, whole(b=5)) == (7, 3, [], ["a/0", "a/1"])
    session.answered(Answer())
    assert named(session, whole(a=0, b=5)) == (7, 4, ["a/0", "a/1"], [])


def test_what_is_lost_is_asked_for_as_a_whole_and_the_former_session_is_given_up() -> None:
    session = FetchSession()
    named(session, whole(a=0))
    session.answered(Answer())
    session.forget()
    assert named(session, whole(a=3)) == (7, 0, ["a/0", "a/1"], [])


def test_a_broker_without_room_for_sessions_is_asked_for_everything_every_time() -> None:
    session = FetchSession()
    for _ in range(3):
        assert named(session, whole(a=0)) == (0, 0, ["a/0", "a/1"], [])
        session.answered(Answer(session_id=0))


def test_an_old_broker_is_asked_as_the_library_does() -> None:
    session, request = FetchSession(), whole(a=0)
    for _ in range(2):
        assert session.question(request).build(FetchRequest_v4) == request.build(FetchRequest_v4)
        session.answered(FetchRequest_v4.RESPONSE_TYPE(0, []))


async def test_a_quiet_consumer_names_nothing_and_hears_what_comes(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []
    question = FetchSession.question

    def counted(self: FetchSession, request: FetchRequest) -> FetchRequest:
        asked = question(self, request)
        counts.append(sum(len(parts) for _, parts in asked.topics))
        return asked

    monkeypatch.setattr(FetchSession, "question", counted)
    ear = Ear()
    async with running(consuming(ground, ear)):
        first = await send(ground, 30, keys=30)
        await eventually(lambda: len(ear.heard) == 30)
        await eventually(lambda: counts[-2:] == [0, 0], of="two questions that name nothing")
        counts.clear()
        second = await send(ground, 1)
        await eventually(lambda: len(ear.heard) == 31)
        await eventually(lambda: 1 in counts, of="a question that names the one partition that had a record")
    assert max(counts) == 1
    assert set(ear.heard) == {*first, *second}
    assert set(ear.heard.values()) == {1}


def _another_session(session: FetchSession) -> None:
    session._id += 1


def _another_epoch(session: FetchSession) -> None:
    session._epoch += 5


@pytest.mark.parametrize("lose", [_another_session, _another_epoch])
async def test_after_a_session_is_lost_every_record_is_heard_once(
    ground: Ground, lose: Callable[[FetchSession], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    to_lose: list[Callable[[FetchSession], None]] = []
    forgotten: list[FetchSession] = []
    question, forget = FetchSession.question, FetchSession.forget

    def asked(self: FetchSession, request: FetchRequest) -> FetchRequest:
        if to_lose:
            to_lose.pop()(self)
        return question(self, request)

    def noted(self: FetchSession) -> None:
        forgotten.append(self)
        forget(self)

    monkeypatch.setattr(FetchSession, "question", asked)
    monkeypatch.setattr(FetchSession, "forget", noted)
    ear = Ear()
    async with running(consuming(ground, ear)):
        ids = await send(ground, 30, keys=30)
        await eventually(lambda: len(ear.heard) == 30)
        forgotten.clear()
        to_lose.append(lose)
        await eventually(lambda: len(forgotten) == 1, of="the broker to refuse the session")
        ids += await send(ground, 30, keys=30)
        await eventually(lambda: len(ear.heard) == 60)
    assert set(ear.heard) == set(ids)
    assert set(ear.heard.values()) == {1}
