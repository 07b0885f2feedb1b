"""What materials does: masters, promises, supplies, stock."""

from materials.handlers.books import (
    book_lot,
    count_lot,
    decide_count,
    expire_lot,
    name_serials,
    reverse_move,
)
from materials.handlers.changes import miss_owner_answers, take_owner_answer
from materials.handlers.following import follow_facts
from materials.handlers.forecasts import renew_forecasts, set_forecast
from materials.handlers.late import hasten_late
from materials.handlers.leads import relead_orders
from materials.handlers.masters import (
    copy_calendar,
    copy_crew,
    copy_recipe,
    copy_service,
    copy_terms,
    copy_work_centre,
    define_item,
    define_site,
    expire_terms,
    replan_retired,
    retire_recipe,
)
from materials.handlers.messages import answer_message, answer_messages, reopen_message
from materials.handlers.parameters import apply_parameters, set_parameters
from materials.handlers.plans import PLAN, Planning, ask_plan, publish_plan
from materials.handlers.promises import (
    expire_hold,
    firm_order,
    miss_run_answer,
    miss_transfer,
    release_order,
)
from materials.handlers.recalls import block_recalled, close_recall, trace_recall
from materials.handlers.stock import (
    dispatch_transfer,
    receive_transfer,
    take_back,
)
from materials.handlers.substitutes import set_substitute, substitute_supply
from materials.handlers.trials import inquire_promise, try_changes

__all__ = [
    "PLAN",
    "Planning",
    "answer_message",
    "answer_messages",
    "apply_parameters",
    "ask_plan",
    "block_recalled",
    "book_lot",
    "close_recall",
    "copy_calendar",
    "copy_crew",
    "copy_recipe",
    "copy_service",
    "copy_terms",
    "copy_work_centre",
    "count_lot",
    "decide_count",
    "define_item",
    "define_site",
    "dispatch_transfer",
    "expire_hold",
    "expire_lot",
    "expire_terms",
    "firm_order",
    "follow_facts",
    "hasten_late",
    "inquire_promise",
    "miss_owner_answers",
    "miss_run_answer",
    "miss_transfer",
    "name_serials",
    "publish_plan",
    "receive_transfer",
    "relead_orders",
    "release_order",
    "renew_forecasts",
    "reopen_message",
    "replan_retired",
    "retire_recipe",
    "reverse_move",
    "set_forecast",
    "set_parameters",
    "set_substitute",
    "substitute_supply",
    "take_back",
    "take_owner_answer",
    "trace_recall",
    "try_changes",
]
