"""Who may look at the control tower; nobody from outside, whose pages are the portals."""

from __future__ import annotations

from typing import Final

from contracts.policy.roles import roles

_STAFF: Final = (
    "sales planner buyer warehouse operator quality approver dispatcher technician agent admin system"
)

CONTROL_TOWER: Final = {
    **roles(
        "control-tower.show_overview",
        "control-tower.follow_overview",
        "control-tower.show_orders",
        "control-tower.show_order",
        "control-tower.show_flow",
        "control-tower.show_timeline",
        "control-tower.show_messages",
        "control-tower.show_shortages",
        "control-tower.show_items",
        "control-tower.show_item",
        "control-tower.show_runs",
        "control-tower.show_production_runs",
        "control-tower.show_production_run",
        "control-tower.show_terminal",
        "control-tower.show_terminal_queue",
        "control-tower.act_at_terminal",
        "control-tower.show_quality",
        "control-tower.show_item_quality",
        "control-tower.dispose_lot_at_page",
        "control-tower.record_samples_at_page",
        "control-tower.show_work_centres",
        "control-tower.show_centre",
        "control-tower.tell_downtime_at_page",
        "control-tower.show_costs",
        "control-tower.show_cost_of_run",
        "control-tower.show_cost_of_item",
        "control-tower.roll_up_at_page",
        "control-tower.show_recipes",
        "control-tower.show_recipe_version",
        "control-tower.show_versions_beside",
        "control-tower.copy_recipe_at_page",
        "control-tower.act_on_recipe_at_page",
        "control-tower.show_new_recipe",
        "control-tower.draft_recipe_at_page",
        "control-tower.show_recipe_draft",
        "control-tower.rewrite_recipe_at_page",
        "control-tower.show_services",
        "control-tower.show_thing",
        "control-tower.show_lot",
        "control-tower.show_certificate",
        "control-tower.show_certificate_file",
        "control-tower.show_recalls",
        "control-tower.show_recall",
        may=_STAFF,
    ),
    **roles(
        "control-tower.show_values",
        "control-tower.show_value",
        may="sales planner buyer approver admin system",
    ),
    **roles("control-tower.answer_messages", may="planner admin system"),
    **roles("control-tower.open_recall", "control-tower.close_recall", may="quality approver admin"),
    **roles(
        "control-tower.show_dead_letters",
        "control-tower.replay_dead_letters",
        "control-tower.discard_dead_letter",
        "control-tower.list_events",
        "control-tower.show_clock",
        "control-tower.advance_clock",
        "control-tower.list_parked",
        "control-tower.replay_parked",
        "control-tower.discard_parked",
        may="admin system",
    ),
}
