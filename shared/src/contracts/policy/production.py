"""Who may do what at production; no customer and no vendor sees or touches a run."""

from __future__ import annotations

from typing import Final

from contracts.policy.roles import roles

PRODUCTION: Final[dict[str, frozenset[str]]] = {
    **roles(
        "production.define_calendar",
        "production.define_work_centre",
        "production.draft_recipe",
        "production.copy_recipe",
        "production.rewrite_recipe",
        "production.submit_recipe",
        may="planner admin system",
    ),
    **roles(
        "production.approve_recipe",
        "production.reject_recipe",
        "production.retire_recipe",
        may="approver admin system",
    ),
    **roles(
        "production.list_calendars",
        "production.show_calendar",
        "production.list_work_centres",
        "production.show_work_centre",
        "production.list_bookings",
        "production.list_queue",
        "production.show_load",
        "production.list_inspection_plans",
        "production.list_recipes",
        "production.show_recipe",
        "production.show_recipe_difference",
        "production.show_recipe_yields",
        "production.list_runs",
        "production.show_run",
        "production.list_lots",
        "production.show_lot",
        "production.show_inspection_plan",
        "production.show_chart",
        "production.list_inspections",
        "production.show_certificate",
        "production.list_downtimes",
        "production.show_effectiveness",
        "production.list_readings",
        may="planner operator quality approver warehouse admin system",
    ),
    **roles(
        "production.start_run",
        "production.hold_run",
        "production.resume_run",
        "production.record_parameters",
        "production.report_run",
        "production.end_run",
        "production.act_on_runs",
        may="operator admin system",
    ),
    **roles(
        "production.set_standard_prices",
        "production.roll_up_costs",
        "production.list_standard_prices",
        "production.list_roll_ups",
        "production.show_roll_up",
        "production.list_standard_costs",
        "production.show_cost_steps",
        "production.show_run_cost",
        may="planner approver admin system",
    ),
    **roles("production.tell_downtime", may="planner operator admin system"),
    **roles("production.record_readings", may="operator admin system"),
    **roles("production.abort_run", may="planner operator admin system"),
    **roles(
        "production.inspect_lot",
        "production.record_inspection",
        "production.plan_inspection",
        "production.dispose_lot",
        may="quality approver admin system",
    ),
}
