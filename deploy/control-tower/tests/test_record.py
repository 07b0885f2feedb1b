"""A batch record on paper, whatever is written in it."""

from __future__ import annotations

from control_tower.drawing.record import record_pdf


def test_a_record_in_any_letters_is_a_pdf_of_the_same_bytes_each_time() -> None:
    entry = {
        "at": "2026-03-02T08:00:00Z", "by": "olga", "what": "reported", "reason": "härte 硬", "runs": "5", "staged": [],
        "consumed": [{"lot_id": "b1", "sku": "bar", "quantity": "5"}],
        "produced": [{"part": {"lot_id": "s1", "sku": "shaft", "quantity": "4"}}],
        "scrapped": [{"sku": "shaft", "quantity": "1", "reason": "bent"}],
        "measured": [{"operation_no": 10, "name": "temperature", "value": "861", "unit": "degC"}],
        "deviations": ["x" * 5_000],
    }  # fmt: skip
    signature = {
        "meaning": "performed", "signed_by": "olga", "signed_at": "2026-03-02T09:00:00Z", "entries": 1,
        "current": False,
    }  # fmt: skip
    count = {
        "operation_no": 10, "machine": "furnace-1", "good": "4", "bad": "1", "counts": 2,
        "first_at": "2026-03-02T08:00:00Z", "last_at": "2026-03-02T08:30:00Z",
    }  # fmt: skip
    inspection = {
        "run_id": "r1", "lot_id": None, "operation_no": 10, "inspected_at": "2026-03-02T08:40:00Z",
        "inspected_by": "quinn", "passed": False, "state": "rework",
        "characteristics": [{"name": "härte", "mean": "57", "scale": "HRC", "bad": 1, "looked_at": 2}],
    }  # fmt: skip
    record = {
        "run_id": "r1", "title": "Härten", "recipe_id": "harden", "recipe_version": 1, "author": "ann",
        "approver": None,
        "site_id": "plant-1", "state": "running", "runs": "10", "done_runs": "5", "started_at": None, "ended_at": None,
        "counts": [count], "inspections": [inspection],
        "deviations": 1, "intact": True, "digest": "d" * 64, "signatures": [signature],
        "entries": [{"entry_no": number, "entry": entry} for number in range(1, 60)],
    }  # fmt: skip
    paper = record_pdf(record)
    assert paper.startswith(b"%PDF-")
    assert paper == record_pdf(record)
    assert paper != record_pdf({**record, "intact": False})
    assert paper != record_pdf({**record, "inspections": [{**inspection, "passed": True}]})
    assert paper != record_pdf({**record, "counts": [{**count, "good": "5"}]})
    assert record_pdf({**record, "entries": [], "signatures": []}).startswith(b"%PDF-")
