"""Who may do what at materials."""

from __future__ import annotations

from typing import Final

from contracts.policy.roles import roles

MATERIALS: Final[dict[str, frozenset[str]]] = {
    **roles(
        "materials.define_item",
        "materials.define_site",
        "materials.set_parameters",
        "materials.set_forecast",
        may="planner admin system",
    ),
    **roles(
        "materials.list_items",
        "materials.show_item",
        "materials.list_sites",
        "materials.list_parameters",
        "materials.list_forecasts",
        "materials.list_stock",
        "materials.list_surplus",
        "materials.list_counts",
        "materials.show_count",
        "materials.show_serial",
        "materials.list_lots",
        "materials.show_lot",
        "materials.list_moves",
        "materials.list_related_lots",
        "materials.show_genealogy",
        "materials.list_lots_with_serial",
        "materials.list_substitutes",
        may="sales planner buyer warehouse operator quality approver dispatcher agent admin system",
    ),
    **roles("materials.book_lot", "materials.name_serials", may="warehouse admin system"),
    **roles("materials.count_lot", may="warehouse approver admin system"),
    **roles(
        "materials.approve_count",
        "materials.reject_count",
        "materials.reverse_move",
        may="approver admin system",
    ),
    **roles("materials.dispatch_transfer", "materials.receive_transfer", may="warehouse admin system"),
    **roles(
        "materials.list_planned_orders",
        "materials.show_planned_order",
        "materials.list_pegs",
        "materials.list_pegs_below",
        "materials.list_demands",
        "materials.show_promise",
        "materials.show_atp",
        "materials.list_action_messages",
        "materials.list_substitutions",
        may="sales planner buyer operator quality approver dispatcher admin system",
    ),
    **roles("materials.set_substitute", "materials.substitute_supply", may="planner admin system"),
    **roles(
        "materials.release_order",
        "materials.firm_order",
        "materials.unfirm_order",
        "materials.try_changes",
        may="planner admin system",
    ),
    **roles(
        "materials.accept_message",
        "materials.snooze_message",
        "materials.reject_message",
        "materials.answer_messages",
        may="planner admin system",
    ),
    **roles("materials.inquire_promise", may="sales planner admin system"),
    **roles("materials.ask_plan", "materials.publish_plan", may="planner admin system"),
    **roles(
        "materials.list_plans",
        "materials.show_plan",
        "materials.list_plan_orders",
        "materials.list_plan_pegs",
        "materials.list_plan_delays",
        "materials.list_plan_differences",
        may="sales planner buyer operator quality approver dispatcher admin system",
    ),
    # A file is its rows: who may do the single act of each may send it.
    **roles(
        "materials.create_import",
        "materials.show_import",
        "materials.send_part",
        "materials.start_file",
        "materials.list_import_errors",
        "materials.list_operations",
        "materials.show_operation",
        "materials.watch_operation",
        "materials.cancel_work",
        may="planner warehouse admin system",
    ),
}
