"""One function for each command of the service desk: load, decide, tell, save."""

from service_desk.handlers.answers import (
    confirm_visit,
    confirm_visits,
    decline_visit,
    move_visit,
)
from service_desk.handlers.masters import (
    define_service,
    define_technician,
    know_contact,
    know_customer,
    set_agreement,
    set_leaves,
)
from service_desk.handlers.orders import (
    end_line,
    end_order,
    follow_change,
    lose_goods,
    regain_dates,
    take_dates,
    take_goods,
    take_order,
)
from service_desk.handlers.recalls import let_leave, stop_recalled
from service_desk.handlers.returns import await_return, receive_return
from service_desk.handlers.slots import (
    expire_hold,
    find_slots,
    free_slots,
)
from service_desk.handlers.talks import (
    await_client,
    change_priority,
    check_ticket,
    open_ticket,
    reopen_ticket,
    resolve_ticket,
    write_message,
)
from service_desk.handlers.visits import (
    cancel_visit,
    remind_client,
    reschedule_visit,
)
from service_desk.handlers.work import (
    accept_visit,
    accept_visits,
    dispatch_goods,
    dispatch_many,
    miss_visit,
    refuse_visit,
    report_visit,
    report_visits,
    start_visit,
    start_visits,
)

__all__ = [
    "accept_visit",
    "accept_visits",
    "await_client",
    "await_return",
    "cancel_visit",
    "change_priority",
    "check_ticket",
    "confirm_visit",
    "confirm_visits",
    "decline_visit",
    "define_service",
    "define_technician",
    "dispatch_goods",
    "dispatch_many",
    "end_line",
    "end_order",
    "expire_hold",
    "find_slots",
    "follow_change",
    "free_slots",
    "know_contact",
    "know_customer",
    "let_leave",
    "lose_goods",
    "miss_visit",
    "move_visit",
    "open_ticket",
    "receive_return",
    "refuse_visit",
    "regain_dates",
    "remind_client",
    "reopen_ticket",
    "report_visit",
    "report_visits",
    "reschedule_visit",
    "resolve_ticket",
    "set_agreement",
    "set_leaves",
    "start_visit",
    "start_visits",
    "stop_recalled",
    "take_dates",
    "take_goods",
    "take_order",
    "write_message",
]
