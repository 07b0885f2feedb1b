"""Who may do what at the service desk."""

from __future__ import annotations

from typing import Final

from contracts.policy.roles import roles

SERVICE_DESK: Final = {
    **roles(
        "service-desk.define_service",
        "service-desk.define_technician",
        "service-desk.set_leaves",
        may="dispatcher admin system",
    ),
    **roles("service-desk.set_agreement", may="admin system"),
    **roles(
        "service-desk.list_services",
        "service-desk.show_service",
        "service-desk.list_technicians",
        "service-desk.show_technician",
        "service-desk.show_calendar",
        "service-desk.list_capacities",
        "service-desk.show_agreement",
        may="dispatcher technician agent sales planner admin system",
    ),
    **roles(
        "service-desk.list_visits", may="customer dispatcher technician warehouse agent sales admin system"
    ),
    **roles(
        "service-desk.show_visit",
        may="customer link dispatcher technician warehouse agent sales admin system",
    ),
    **roles("service-desk.show_visit_page", may="customer link dispatcher agent sales admin system"),
    **roles("service-desk.answer_visit_at_page", "service-desk.give_word_at_page", may="customer link"),
    **roles(
        "service-desk.show_portal",
        "service-desk.show_ticket_page",
        may="customer agent dispatcher sales admin system",
    ),
    # What a client writes at a page is the client's own word.
    **roles(
        "service-desk.show_talk_page",
        "service-desk.show_order_talk_page",
        "service-desk.write_at_page",
        "service-desk.write_about_order_at_page",
        "service-desk.open_ticket_at_page",
        "service-desk.reopen_ticket_at_page",
        may="customer",
    ),
    **roles("service-desk.show_link", may="dispatcher agent admin system"),
    **roles("service-desk.show_contact", may="dispatcher technician warehouse agent admin system"),
    **roles(
        "service-desk.confirm_visit",
        "service-desk.move_visit",
        "service-desk.decline_visit",
        may="customer link",
    ),
    **roles("service-desk.confirm_visits", may="customer"),
    **roles("service-desk.reschedule_visit", "service-desk.cancel_visit", may="dispatcher admin system"),
    **roles(
        "service-desk.dispatch_goods",
        "service-desk.dispatch_many",
        may="dispatcher warehouse admin system",
    ),
    **roles(
        "service-desk.start_visit",
        "service-desk.start_visits",
        "service-desk.report_visit",
        "service-desk.report_visits",
        may="technician dispatcher",
    ),
    **roles(
        "service-desk.list_returns",
        "service-desk.show_return",
        may="customer warehouse dispatcher agent sales admin system",
    ),
    **roles("service-desk.receive_return", may="warehouse dispatcher admin system"),
    **roles("service-desk.miss_visit", may="technician warehouse dispatcher"),
    **roles(
        "service-desk.accept_visit", "service-desk.refuse_visit", may="customer link technician warehouse"
    ),
    **roles("service-desk.accept_visits", may="customer technician warehouse"),
    **roles(
        "service-desk.open_ticket",
        "service-desk.write_message",
        "service-desk.reopen_ticket",
        may="customer agent dispatcher sales admin system",
    ),
    **roles(
        "service-desk.list_tickets",
        "service-desk.show_ticket",
        may="customer agent dispatcher sales approver admin system",
    ),
    **roles(
        "service-desk.list_conversations",
        "service-desk.show_conversation",
        "service-desk.list_messages",
        may="customer agent dispatcher sales admin system",
    ),
    **roles(
        "service-desk.change_priority",
        "service-desk.await_client",
        "service-desk.resolve_ticket",
        may="agent dispatcher admin system",
    ),
    **roles("service-desk.decide_credit", may="approver dispatcher admin"),
}
