"""One function for each command of orders: load, decide, tell, save."""

from orders.handlers.acceptance import accept_quote, accept_quotes
from orders.handlers.catalogue import (
    change_contact,
    erase_contact,
    know_item,
    publish_offer,
    register_customer,
)
from orders.handlers.changes import (
    decide_change,
    expire_change,
    miss_change_answers,
    request_amendment,
    request_cancellation,
    take_change_answer,
)
from orders.handlers.needs import draft_quote, state_need, state_needs
from orders.handlers.orders import (
    accept_new_dates,
    authorise_return,
    cancel_order,
    follow_orders,
    short_close_line,
)
from orders.handlers.quotes import (
    decline_quote,
    expire_quote,
    lose_hold,
    miss_answer,
    take_alternative,
    take_material_offer,
    take_material_refusal,
    take_slots,
    take_slots_refusal,
    take_substitute,
)
from orders.handlers.rates import rate_costs, set_day_rate

__all__ = [
    "accept_new_dates",
    "accept_quote",
    "accept_quotes",
    "authorise_return",
    "cancel_order",
    "change_contact",
    "decide_change",
    "decline_quote",
    "draft_quote",
    "erase_contact",
    "expire_change",
    "expire_quote",
    "follow_orders",
    "know_item",
    "lose_hold",
    "miss_answer",
    "miss_change_answers",
    "publish_offer",
    "rate_costs",
    "register_customer",
    "request_amendment",
    "request_cancellation",
    "set_day_rate",
    "short_close_line",
    "state_need",
    "state_needs",
    "take_alternative",
    "take_change_answer",
    "take_material_offer",
    "take_material_refusal",
    "take_slots",
    "take_slots_refusal",
    "take_substitute",
]
