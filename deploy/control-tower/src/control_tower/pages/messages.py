"""The planner's action list: what the plan asks for, whom it hurts, and what planners answer, several at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from fastapi import APIRouter
from starlette.responses import Response

from backbone.errors import Invalid
from backbone.web import Ask, Asked
from backbone.web.forms import FORM_KEY, field, moment_of
from contracts.shapes import ActionKind
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of, asked, path_with, status_of
from control_tower.pages.render import may, page

OWNER: Final = "materials"
KINDS: Final[tuple[str, ...]] = get_args(ActionKind)
SORTS: Final = (("-at_stake", "money at stake"), ("wanted_at", "date"))
FILTERS: Final = ("kind", "site_id", "sku", "sort", "sleeping")
# As many as materials answers at once, with room for the other fields of the form.
MESSAGES_COUNT_MAX: Final = 100
PICK: Final = "pick "
ACTS: Final = {"accept": "accepted", "snooze": "put off", "reject": "rejected"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the answer to one message."""

    message_id: str
    taken: bool
    says: str


class Messages:
    """The list and its acts; both are asked of materials, who keeps the plan."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        self.router.add_api_route("/messages", self.show_messages, methods=["GET"], include_in_schema=False)
        self.router.add_api_route(
            "/messages", self.answer_messages, methods=["POST"], include_in_schema=False
        )

    async def show_messages(self, ask: Asked) -> Response:
        """Open action messages, narrowed and sorted as the query says."""
        return await self._shown(ask)

    async def answer_messages(self, ask: Asked) -> Response:
        """Accept, put off or reject the messages that were picked; what came of each is shown above the list."""
        form = await ask.form()
        acts = acts_of(form)
        key = field(form, FORM_KEY)
        answer = await self._neighbours.act(ask, OWNER, "/v1/action-messages/batch", {"acts": acts}, key)
        answers = answer.body["answers"] if answer.body else []
        outcomes = [_outcome(act, each) for act, each in zip(acts, answers, strict=False)]
        return await self._shown(ask, answer, outcomes)

    async def _shown(
        self, ask: Ask, answer: Answer | None = None, outcomes: list[Outcome] | None = None
    ) -> Response:
        wanted = asked(ask, *FILTERS)
        wanted["sort"] = wanted["sort"] or SORTS[0][0]
        query = {**wanted, **asked(ask, "after"), "limit": str(MESSAGES_COUNT_MAX)}
        listed = await self._neighbours.shown(ask, OWNER, path_with("/v1/action-messages", query))
        return page(
            ask,
            "messages.html",
            status=status_of(answer),
            messages=listed.body["items"] if listed.body else [],
            more=_more(listed, wanted),
            here_with=path_with("/messages", {**wanted, **asked(ask, "after")}),
            wanted=wanted,
            kinds=KINDS,
            sorts=SORTS,
            troubles=[each for each in (answer, listed) if each is not None and each.trouble],
            outcomes=outcomes or [],
            acts=may(ask, "answer_messages"),
        )


def acts_of(form: Mapping[str, str]) -> list[dict[str, str]]:
    """The acts that a form asks for: one row's button, or what was chosen for the rows that were picked.

    Raises `Invalid` where nothing was picked or what the act needs is missing.
    """
    if form.get("accept"):
        return [{"id": field(form, "accept"), "act": "accept"}]
    picked = [name.removeprefix(PICK) for name in form if name.startswith(PICK)]
    if not picked:
        raise Invalid("pick the messages that are answered", [("/pick", "none is picked")])
    act = form.get("act", "")
    if act not in ACTS:
        raise Invalid("say what is done with them", [("/act", f"one of {', '.join(ACTS)}")])
    says = {"snooze": ("until_at", moment_of, "until"), "reject": ("reason", field, "reason")}
    if act not in says:
        return [{"id": each, "act": act} for each in picked]
    member, read, name = says[act]
    return [{"id": each, "act": act, member: read(form, name)} for each in picked]


def _outcome(act: Mapping[str, str], answer: Mapping[str, Any]) -> Outcome:
    taken = answer["status"] < 400
    return Outcome(act["id"], taken, ACTS[act["act"]] if taken else f"refused: {answer['detail']}")


def _more(listed: Answer, wanted: Mapping[str, str]) -> str:
    """The address of the page after this one; empty when this one is the last."""
    after = after_of(listed)
    return path_with("/messages", {**wanted, "after": after}) if after else ""
