"""What is wrong is named at its station with what to type, and nothing else is."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

pandas = pytest.importorskip("pandas", reason="pandas is not installed here: `make test-dashboard` has it")

from pipeline_state import Observed, Station, lag_seconds, overall, stations  # noqa: E402

NOW = dt.datetime(2026, 1, 2, 12)  # noqa: DTZ001 - UTC, as the account tells it
PIPE = "RETAIL_DEV.RAW.TRANSACTIONS"


def minutes_ago(minutes: float) -> dt.datetime:
    return NOW - dt.timedelta(minutes=minutes)


def seen(**changed: Any) -> Observed:
    """A pipeline in which all is well; keywords change one table's first row, or a status."""
    tables: dict[str, dict[str, Any]] = {
        "files": {
            "FEED": "transactions", "LOADED_FILES": 3, "REFUSED_FILES": 0, "FILES_IN_HOUR": 2, "ROWS_IN_HOUR": 40,
            "LAST_ATTEMPT_AT": minutes_ago(3), "LAST_ROWS_AT": minutes_ago(3),
        },
        "raw": {"name": "TRANSACTIONS", "rows": 1234},
        "models": {
            "name": "PURCHASES", "schema_name": "CORE", "rows": 2000, "target_lag": "5 minutes",
            "scheduling_state": "ACTIVE", "data_timestamp": minutes_ago(2),
        },
        "refreshes": {
            "NAME": "PURCHASES", "STATE": "SUCCEEDED", "STATE_MESSAGE": None, "REFRESH_END_TIME": minutes_ago(1),
        },
        "rejections": {
            "_FILE": "transactions/x.json", "FIRST_ERROR": "no JSON", "FIRST_ERROR_LINE": 2, "RESOLVED": True,
        },
    }  # fmt: skip
    frames = {name: pandas.DataFrame([row | changed.get(name, {})]) for name, row in tables.items()}
    status = {"executionState": "RUNNING", "pendingFileCount": 0, "numOutstandingMessagesOnChannel": 0}
    return Observed(now=NOW, statuses={PIPE: json.dumps(status | changed.get("status", {}))}, **frames)


def wrong(observed: Observed) -> dict[str, list[tuple[str, str]]]:
    row = stations(observed)
    return {
        station.name: [(problem.what, problem.remedy) for problem in station.problems]
        for station in row
        if station.problems
    }


def of(observed: Observed, name: str) -> Station:
    return next(station for station in stations(observed) if station.name == name)


def test_a_pipeline_in_which_all_is_well_says_so() -> None:
    row = stations(seen())
    assert [station.name for station in row] == ["Bucket", "Queue", "Pipes", "RAW", "CORE", "MART"]
    assert {station.state for station in row} == {"✔ well"}
    assert [station.number for station in row] == ["3", "0", "1 of 1", "1,234", "1", "2,000"]
    assert overall(row) == "✔ Everything runs, and everything that came is in the views"


@pytest.mark.parametrize(
    ("changed", "station", "told", "remedy"),
    [
        (
            {"status": {"executionState": "PAUSED"}},
            "Pipes",
            f"Pipe {PIPE} is PAUSED.",
            f"alter pipe {PIPE} set pipe_execution_paused = false;",
        ),
        (
            {"status": {"executionState": "STOPPED_STAGE_DROPPED", "error": "stage is gone"}},
            "Pipes",
            f"Pipe {PIPE} is STOPPED_STAGE_DROPPED: stage is gone",
            "pulumi up --refresh",
        ),
        (
            {"rejections": {"RESOLVED": False}},
            "RAW",
            "1 file rejected, the last one transactions/x.json, line 2: no JSON",
            "put the corrected file into the bucket under the same path",
        ),
        (
            {"models": {"scheduling_state": "SUSPENDED"}},
            "CORE",
            "CORE.PURCHASES is suspended.",
            "alter dynamic table CORE.PURCHASES resume;",
        ),
        (
            {"refreshes": {"STATE": "FAILED", "STATE_MESSAGE": "division by zero"}},
            "CORE",
            "The last refresh of CORE.PURCHASES failed: division by zero",
            "alter dynamic table CORE.PURCHASES refresh;",
        ),
        (
            {"models": {"data_timestamp": minutes_ago(30)}, "files": {"LAST_ROWS_AT": minutes_ago(11)}},
            "CORE",
            "What was loaded 11 min ago is not in the models yet; their lag is 5 min.",
            "select * from OPS.LOAD_ATTEMPTS order by ATTEMPTED_AT desc limit 20;",
        ),
    ],
    ids=["paused", "stopped", "rejected", "suspended", "failed", "late"],
)
def test_what_is_wrong_is_told_at_its_station_with_what_to_type(
    changed: dict[str, Any], station: str, told: str, remedy: str
) -> None:
    observed = seen(**changed)
    assert wrong(observed) == {station: [(told, remedy)]}
    assert overall(stations(observed)) == f"✖ Something needs you: {station}"


@pytest.mark.parametrize(
    ("changed", "working"),
    [
        ({"status": {"numOutstandingMessagesOnChannel": 2}}, "Queue"),
        ({"status": {"pendingFileCount": 1}}, "Pipes"),
        ({"models": {"data_timestamp": minutes_ago(4)}}, "MART"),
    ],
    ids=["messages", "files", "within the lag"],
)
def test_what_waits_is_work_and_no_problem(changed: dict[str, Any], working: str) -> None:
    observed = seen(**changed)
    assert wrong(observed) == {}
    assert overall(stations(observed)) == f"▶ Working: {working}"


def test_nothing_is_late_where_nothing_came_however_old_the_models_are() -> None:
    assert wrong(seen(models={"data_timestamp": minutes_ago(9_000)}, files={"LAST_ROWS_AT": minutes_ago(9_001)})) == {}


def test_a_rejected_file_keeps_nothing_waiting() -> None:
    assert not of(seen(files={"LAST_ATTEMPT_AT": NOW}), "MART").busy


def test_a_stack_to_which_nothing_came_is_well() -> None:
    empty = seen()
    empty = replace(empty, files=empty.files[:0], rejections=empty.rejections[:0], refreshes=empty.refreshes[:0])
    assert wrong(empty) == {}
    assert of(empty, "Bucket").facts == ("0 files in the last hour", "last one never")


def test_a_stack_without_pipes_says_how_to_get_them() -> None:
    assert wrong(replace(seen(), statuses={})) == {"Pipes": [("There is no pipe.", "pulumi up")]}


@pytest.mark.parametrize(
    ("lag", "seconds"), [("5 minutes", 300), ("1 hour", 3600), ("2 days", 172_800), ("DOWNSTREAM", None)]
)
def test_a_lag_is_read_as_the_account_writes_it(lag: str, seconds: float | None) -> None:
    assert lag_seconds(lag) == seconds
