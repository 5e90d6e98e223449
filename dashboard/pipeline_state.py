"""The pipeline as a row of stations, each with its counts and a verdict: what is wrong, and what to type. Pure."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from amounts import ago, count, counted, span, utc

RUNNING = "RUNNING"
_LATE_AT = 2
"""A lag is a target: what is loaded is late once it waits longer than so many times the lag."""

_SHORTEST_LAG_SECONDS = 60.0
_LAG_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


@dataclass(frozen=True)
class Problem:
    """Something that somebody has to do something about.

    Attributes:
        what: what is wrong, with the account's own words where it has some.
        remedy: what to type, or to do.
    """

    what: str
    remedy: str


@dataclass(frozen=True)
class Station:
    """One station of the way.

    Attributes:
        name: what it is.
        title: the name of its main number.
        number: its main number.
        facts: further lines.
        busy: whether something waits in it.
        problems: what is wrong with it.
    """

    name: str
    title: str
    number: str
    facts: tuple[str, ...]
    busy: bool = False
    problems: tuple[Problem, ...] = field(default=())

    @property
    def state(self) -> str:
        """One word with its sign: the colour alone would tell nothing to some."""
        return "✖ needs you" if self.problems else "▶ working" if self.busy else "✔ well"


@dataclass(frozen=True)
class Observed:
    """What the account says of itself at one moment.

    Attributes:
        now: that moment, UTC.
        statuses: what SYSTEM$PIPE_STATUS says, by the pipe's full name.
        files: files by feed.
        raw: SHOW TABLES of RAW.
        models: SHOW DYNAMIC TABLES of CORE.
        refreshes: the last refresh of each model.
        rejections: files that were rejected or loaded in part.
        version: what of it changes whenever something came.
    """

    now: dt.datetime
    statuses: Mapping[str, str]
    files: pd.DataFrame
    raw: pd.DataFrame
    models: pd.DataFrame
    refreshes: pd.DataFrame
    rejections: pd.DataFrame
    version: str = ""


def version(files: pd.DataFrame, models: pd.DataFrame) -> str:
    """Return a text that changes whenever a file was tried or a model refreshed."""
    return files.to_json(date_format="iso") + models[["name", "data_timestamp"]].to_json(date_format="iso")


def stations(seen: Observed) -> list[Station]:
    """Return the stations in the order of the way."""
    statuses = {name: json.loads(text or "{}") for name, text in seen.statuses.items()}
    last_load = _latest(seen.files["LAST_ROWS_AT"])
    return [
        _bucket(seen, statuses),
        _queue(seen, statuses),
        _pipes(seen, statuses),
        _raw(seen),
        _core(seen, last_load),
        _mart(seen, last_load),
    ]


def _bucket(seen: Observed, statuses: Mapping[str, Any]) -> Station:
    files = seen.files
    arrived = int(files["LOADED_FILES"].sum() + files["REFUSED_FILES"].sum())
    waiting = _sum(statuses.values(), "pendingFileCount")
    facts = (
        f"{counted(files['FILES_IN_HOUR'].sum(), 'file')} in the last hour",
        f"last one {ago(_latest(files['LAST_ATTEMPT_AT']), seen.now)}",
    )
    return Station("Bucket", "files in 14 days", count(arrived + waiting), facts)


def _queue(seen: Observed, statuses: Mapping[str, Any]) -> Station:
    # The pipes of one bucket have one channel, of which each tells the same.
    outstanding = max(
        (int(status.get("numOutstandingMessagesOnChannel") or 0) for status in statuses.values()), default=0
    )
    received = max((str(status.get("lastReceivedMessageTimestamp") or "") for status in statuses.values()), default="")
    return Station(
        "Queue",
        "messages waiting",
        count(outstanding),
        (f"last event {ago(received or None, seen.now)}",),
        outstanding > 0,
    )


def _pipes(seen: Observed, statuses: Mapping[str, Any]) -> Station:
    running = [name for name, status in statuses.items() if status.get("executionState") == RUNNING]
    waiting = _sum(statuses.values(), "pendingFileCount")
    problems = [_stopped(name, status) for name, status in statuses.items() if name not in running]
    if not statuses:
        problems = [Problem("There is no pipe.", "pulumi up")]
    facts = (f"{counted(waiting, 'file')} waiting", f"{counted(_sum_of(seen.files, 'REFUSED_FILES'), 'file')} refused")
    return Station("Pipes", "running", f"{len(running)} of {len(statuses)}", facts, waiting > 0, tuple(problems))


def _stopped(name: str, status: Mapping[str, Any]) -> Problem:
    state = status.get("executionState", "in no known state")
    told = status.get("error") or status.get("fault") or ""
    what = f"Pipe {name} is {state}" + (f": {told}" if told else ".")
    if state == "PAUSED":
        return Problem(what, f"alter pipe {name} set pipe_execution_paused = false;")
    return Problem(what, "pulumi up --refresh")


def _raw(seen: Observed) -> Station:
    open_ones = seen.rejections[~seen.rejections["RESOLVED"].astype(bool)]
    problems = ()
    if len(open_ones):
        first = open_ones.iloc[0]
        line = "" if pd.isna(first["FIRST_ERROR_LINE"]) else f", line {count(first['FIRST_ERROR_LINE'])}"
        what = (
            f"{counted(len(open_ones), 'file')} rejected, the last one {first['_FILE']}{line}: {first['FIRST_ERROR']}"
        )
        problems = (Problem(what, "put the corrected file into the bucket under the same path"),)
    facts = tuple(f"{row['name']} {count(row['rows'])}" for _, row in seen.raw.iterrows())
    facts += (f"{counted(_sum_of(seen.files, 'ROWS_IN_HOUR'), 'row')} in the last hour",)
    return Station("RAW", "rows", count(_sum_of(seen.raw, "rows")), facts, problems=problems)


def _core(seen: Observed, last_load: dt.datetime | None) -> Station:
    ended = {row["NAME"]: row for _, row in seen.refreshes.iterrows()}
    lags = [lag for lag in map(lag_seconds, seen.models["target_lag"]) if lag is not None]
    problems: list[Problem] = []
    for _, model in seen.models.iterrows():
        problems += _trouble(model, ended.get(model["name"]))
    if not problems and (late := _waiting_seconds(seen, last_load)) > _LATE_AT * max(
        lags, default=_SHORTEST_LAG_SECONDS
    ):
        what = f"What was loaded {span(late)} ago is not in the models yet; their lag is {span(max(lags, default=0))}."
        problems = [Problem(what, "select * from OPS.LOAD_ATTEMPTS order by ATTEMPTED_AT desc limit 20;")]
    refreshed = _latest(seen.refreshes["REFRESH_END_TIME"])
    facts = (f"{counted(_sum_of(seen.models, 'rows'), 'row')}", f"last refresh {ago(refreshed, seen.now)}")
    busy = any(str(row["STATE"]).upper() == "EXECUTING" for row in ended.values())
    return Station("CORE", "models", count(len(seen.models)), facts, busy, tuple(problems))


def _trouble(model: Any, refresh: Any) -> Iterable[Problem]:
    name = f"{model['schema_name']}.{model['name']}"
    if "SUSPENDED" in str(model["scheduling_state"]).upper():
        yield Problem(f"{name} is suspended.", f"alter dynamic table {name} resume;")
    elif refresh is not None and str(refresh["STATE"]).upper() in ("FAILED", "UPSTREAM_FAILED"):
        told = refresh["STATE_MESSAGE"] or "no reason is given"
        yield Problem(f"The last refresh of {name} failed: {told}", f"alter dynamic table {name} refresh;")


def _mart(seen: Observed, last_load: dt.datetime | None) -> Station:
    purchases = seen.models[seen.models["name"] == "PURCHASES"]
    oldest = _as_of(seen)
    waiting = _waiting_seconds(seen, last_load)
    lag = "everything loaded is in" if not waiting else f"loads wait for {span(waiting)}"
    return Station(
        "MART", "purchases", count(_sum_of(purchases, "rows")), (f"as of {ago(oldest, seen.now)}", lag), waiting > 0
    )


def _as_of(seen: Observed) -> dt.datetime | None:
    return min(filter(None, map(utc, seen.models["data_timestamp"])), default=None)


def _waiting_seconds(seen: Observed, last_load: dt.datetime | None) -> float:
    """How long what was loaded last has waited for the newest model; 0 when it is in."""
    newest = _latest(seen.models["data_timestamp"])
    if last_load is None or (newest is not None and newest >= last_load):
        return 0.0
    return max((seen.now - last_load).total_seconds(), 0.0)


def _latest(times: pd.Series) -> dt.datetime | None:
    return max(filter(None, map(utc, times)), default=None)


def lag_seconds(target: Any) -> float | None:
    """Return a target lag in seconds; None for DOWNSTREAM."""
    found = re.fullmatch(r"(\d+)\s*(second|minute|hour|day)s?", str(target).strip().lower())
    return None if found is None else int(found[1]) * _LAG_UNITS[found[2]]


def _sum(statuses: Iterable[Mapping[str, Any]], key: str) -> int:
    return sum(int(status.get(key) or 0) for status in statuses)


def _sum_of(frame: pd.DataFrame, column: str) -> int:
    return int(pd.to_numeric(frame[column]).fillna(0).sum())


def overall(row: Sequence[Station]) -> str:
    """Return the pipeline's state in a sentence."""
    wrong = [station.name for station in row if station.problems]
    if wrong:
        return f"✖ Something needs you: {', '.join(wrong)}"
    busy = [station.name for station in row if station.busy]
    return f"▶ Working: {', '.join(busy)}" if busy else "✔ Everything runs, and everything that came is in the views"
