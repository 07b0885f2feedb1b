"""What production does: masters, runs, lots."""

from production.handlers.changes import answer_probe, follow_change, follow_wish
from production.handlers.costs import roll_up_costs, set_standard_prices
from production.handlers.counts import record_counts
from production.handlers.crews import define_crew, qualify_person
from production.handlers.delays import await_material
from production.handlers.downtime import tell_downtime, withdraw_downtime
from production.handlers.lots import await_inspection, await_returned, dispose_lot, forget_lots, inspect_lot
from production.handlers.masters import (
    approve_recipe,
    copy_recipe,
    define_calendar,
    define_work_centre,
    draft_recipe,
    know_item,
    reject_recipe,
    retire_recipe,
    rewrite_recipe,
    submit_recipe,
)
from production.handlers.moves import move_operation
from production.handlers.outside import follow_purchase
from production.handlers.overruns import follow_overrun
from production.handlers.partings import Parted, merge_runs, split_run
from production.handlers.periods import close_period, reopen_period
from production.handlers.points import decide_run, inspect_run, plan_point
from production.handlers.quality import plan_inspection, record_inspection
from production.handlers.rates import set_rates, tell_rates, withdraw_rates
from production.handlers.readings import block_late, record_readings
from production.handlers.recalls import (
    close_recall,
    follow_recall,
    know_customers,
    open_recall,
    widen_recalls,
)
from production.handlers.records import sign_record
from production.handlers.runs import act_on_run, act_on_runs, allow_run, plan_run, unstage_run
from production.handlers.schedules import (
    CHANGEOVERS_COUNT_MAX,
    SCHEDULE,
    Scheduling,
    accept_schedule,
    ask_schedule,
    reject_schedule,
    set_changeovers,
)

__all__ = [
    "CHANGEOVERS_COUNT_MAX",
    "SCHEDULE",
    "Parted",
    "Scheduling",
    "accept_schedule",
    "act_on_run",
    "act_on_runs",
    "allow_run",
    "answer_probe",
    "approve_recipe",
    "ask_schedule",
    "await_inspection",
    "await_material",
    "await_returned",
    "block_late",
    "close_period",
    "close_recall",
    "copy_recipe",
    "decide_run",
    "define_calendar",
    "define_crew",
    "define_work_centre",
    "dispose_lot",
    "draft_recipe",
    "follow_change",
    "follow_overrun",
    "follow_purchase",
    "follow_recall",
    "follow_wish",
    "forget_lots",
    "inspect_lot",
    "inspect_run",
    "know_customers",
    "know_item",
    "merge_runs",
    "move_operation",
    "open_recall",
    "plan_inspection",
    "plan_point",
    "plan_run",
    "qualify_person",
    "record_counts",
    "record_inspection",
    "record_readings",
    "reject_recipe",
    "reject_schedule",
    "reopen_period",
    "retire_recipe",
    "rewrite_recipe",
    "roll_up_costs",
    "set_changeovers",
    "set_rates",
    "set_standard_prices",
    "sign_record",
    "split_run",
    "submit_recipe",
    "tell_downtime",
    "tell_rates",
    "unstage_run",
    "widen_recalls",
    "withdraw_downtime",
    "withdraw_rates",
]
