"""Facts become rows: kept, found from every thing they name, and the pictures of those things drawn anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backbone.service import Batch, Tx
from control_tower import store
from control_tower.commands import DrawAnew, KeepFact, NoteAct
from control_tower.domain.heard import Heard
from control_tower.domain.mentions import Subject, mentions_of, ties_of
from control_tower.domain.picture import Picture
from control_tower.domain.pictures import picture_of, pictured

# So many pictures in one transaction: nobody who hears a fact waits for them for long.
DRAWN_COUNT: Final = 200


@dataclass(frozen=True, slots=True)
class Redrawn:
    """How many pictures were drawn, and the last of them where more may follow."""

    count: int
    last: Subject | None


async def keep_facts(commands: Batch[KeepFact], tx: Tx) -> list[None]:
    """Keep facts and draw the pictures of the things they change from all facts about them.

    A picture is drawn from the whole set each time, so it is the same for every order in which facts arrive.
    """
    heard = await store.add_heard(tx, [command.heard for command in commands])
    named = [(one, mentions_of(one.fact)) for one in heard]
    await store.add_mentions(tx, [(one.event_id, mentions) for one, mentions in named])
    await store.add_ties(tx, {tie for one in heard for tie in ties_of(one.fact)})
    fresh: dict[Subject, list[Heard]] = {}
    for one, mentions in named:
        for subject in pictured(one.fact, mentions):
            fresh.setdefault(subject, []).append(one)
    await _draw(tx, fresh)
    return [None] * len(commands)


async def draw_anew(commands: Batch[DrawAnew], tx: Tx) -> list[Redrawn]:
    """Draw the next pictures by the rules of today; until then pages show each as it was drawn before."""
    done = []
    for command in commands:
        following = await store.load_subjects(tx, command.after, DRAWN_COUNT)
        await _draw(tx, dict.fromkeys(following, ()))
        done.append(Redrawn(len(following), following[-1] if len(following) == DRAWN_COUNT else None))
    return done


async def _draw(tx: Tx, fresh: Mapping[Subject, Sequence[Heard]]) -> None:
    """The pictures of these things from all facts about them, `fresh` ones among them."""
    about = await store.lock_facts(tx, fresh)
    drawn = [
        picture_of(subject, each.facts) or Picture(*subject, "", None, "") for subject, each in about.items()
    ]
    await store.save_pictures(tx, drawn, about)


async def note_acts(commands: Batch[NoteAct], tx: Tx) -> list[None]:
    """Keep what people did with parked keys."""
    await store.add_audit(tx, commands)
    return [None] * len(commands)
