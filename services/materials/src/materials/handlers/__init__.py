"""What materials does: masters, promises, supplies, stock."""

from materials.handlers.masters import (
    copy_calendar,
    copy_recipe,
    copy_service,
    copy_terms,
    copy_work_centre,
    define_item,
    define_site,
    expire_terms,
    retire_recipe,
    set_parameters,
)
from materials.handlers.messages import answer_message, answer_messages
from materials.handlers.plans import PLAN, Planning, ask_plan, publish_plan
from materials.handlers.promises import (
    accept_dates,
    answer_promise,
    cancel_order,
    close_line,
    expire_hold,
    follow_change,
    plan_order,
    release_order,
    withdraw_promise,
)
from materials.handlers.recalls import block_recalled, close_recall, trace_recall
from materials.handlers.stock import (
    book_lot,
    count_lot,
    dispatch_transfer,
    receive_transfer,
    take_delivery,
    take_quality,
)
from materials.handlers.supplies import take_answer, take_goods, take_purchase, take_run
from materials.handlers.trials import inquire_promise, try_changes

__all__ = [
    "PLAN",
    "Planning",
    "accept_dates",
    "answer_message",
    "answer_messages",
    "answer_promise",
    "ask_plan",
    "block_recalled",
    "book_lot",
    "cancel_order",
    "close_line",
    "close_recall",
    "copy_calendar",
    "copy_recipe",
    "copy_service",
    "copy_terms",
    "copy_work_centre",
    "count_lot",
    "define_item",
    "define_site",
    "dispatch_transfer",
    "expire_hold",
    "expire_terms",
    "follow_change",
    "inquire_promise",
    "plan_order",
    "publish_plan",
    "receive_transfer",
    "release_order",
    "retire_recipe",
    "set_parameters",
    "take_answer",
    "take_delivery",
    "take_goods",
    "take_purchase",
    "take_quality",
    "take_run",
    "trace_recall",
    "try_changes",
    "withdraw_promise",
]
