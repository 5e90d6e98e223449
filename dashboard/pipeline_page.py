"""Pipeline: is it running, what came, what was rejected, how fresh is the view, what does it say?"""

from __future__ import annotations

import datetime as dt

import charts
import pandas as pd
import streamlit as st
from account import ask, ask_once, is_embedded, run, show
from amounts import count
from messages import telling_errors
from pipeline_state import Observed, Problem, Station, overall, stations, version

_LIVE_SECONDS = {True: 1, False: 30}
"""Seconds between two looks: on an account each look keeps a warehouse awake, and files take a minute anyway."""

_IN_A_ROW = 3
_CHART_MINUTES = 60


def page() -> None:
    """Draw the page."""
    seconds = _LIVE_SECONDS[is_embedded()]
    live = st.toggle("Live", value=True, help=f"Looks again every {seconds} s.", key="live")
    st.fragment(_look, run_every=seconds if live else None)()


def _look() -> None:
    # A look of its own runs without the page around it.
    with telling_errors():
        _draw(observe())


def _draw(seen: Observed) -> None:
    row = stations(seen)
    (st.error if any(station.problems for station in row) else st.success)(overall(row))
    _draw_stations(row)
    for problem in (problem for station in row for problem in station.problems):
        _draw_problem(problem)
    _draw_loads(seen)
    _draw_answer(seen)
    st.text(f"Seen at {seen.now:%Y-%m-%d %H:%M:%S} UTC")


def observe() -> Observed:
    """Ask the account how it stands."""
    pipes = show("show pipes in schema RAW")
    names = [_full_name(pipe) for _, pipe in pipes.iterrows()]
    columns = ", ".join(f"system$pipe_status({_literal(name)})" for name in names)
    listed = f", {columns}" if columns else ""
    (now, *statuses) = run(f"select convert_timezone('UTC', current_timestamp())::timestamp_ntz{listed}").rows.iloc[0]
    now = pd.Timestamp(now).to_pydatetime(warn=False)
    # To the minute, so that a look that finds nothing new asks for nothing again.
    an_hour_ago = _text(now.replace(second=0, microsecond=0) - dt.timedelta(hours=1))
    files, models = ask("files_by_feed", an_hour_ago, an_hour_ago), show("show dynamic tables in schema CORE")
    newest = version(files, models)
    return Observed(
        now,
        dict(zip(names, statuses, strict=True)),
        files,
        show("show tables in schema RAW"),
        models,
        ask("last_refreshes"),
        ask_once(newest, "rejections"),
        newest,
    )


def _draw_stations(row: list[Station]) -> None:
    numbered = list(enumerate(row))
    for start in range(0, len(row), _IN_A_ROW):
        for column, (index, station) in zip(st.columns(_IN_A_ROW), numbered[start : start + _IN_A_ROW], strict=True):
            with column, st.container(border=True):
                st.markdown(f"**{index + 1}. {station.name}** {'→' if index + 1 < len(row) else ''}")
                st.metric(station.title, station.number)
                st.text("\n".join((station.state, *station.facts)))


def _draw_problem(problem: Problem) -> None:
    # What is wrong has words of files and of the account in it: text, and neither Markdown nor HTML.
    with st.container(border=True):
        st.text(f"✖ {problem.what}")
        st.code(problem.remedy, language=None, wrap_lines=True)


def _draw_loads(seen: Observed) -> None:
    since = seen.now.replace(second=0, microsecond=0) - dt.timedelta(minutes=_CHART_MINUTES)
    st.subheader("What came in the last hour")
    loaded = ask_once(seen.version, "rows_by_minute", _text(since))
    if loaded.empty:
        st.info("No file in the last hour.")
    else:
        st.altair_chart(
            charts.stacked_by_time(
                loaded.astype({"LOADED_ROWS": "int64"}),
                time="MINUTE",
                series="FEED",
                amount="LOADED_ROWS",
                unit="rows loaded a minute",
                step="utcyearmonthdatehoursminutes",
                legend="feed",
                span=(since, seen.now + dt.timedelta(minutes=1)),
            ),
            width="stretch",
        )
    st.subheader("Last loads")
    _table(
        ask_once(seen.version, "last_loads"),
        "Nothing was loaded yet.",
        ATTEMPTED_AT=st.column_config.DatetimeColumn("time, UTC", format="YYYY-MM-DD HH:mm:ss"),
        FEED="feed",
        _FILE="file",
        STATUS="what became of it",
        ROWS_LOADED=st.column_config.NumberColumn("rows loaded", format="localized"),
        ROWS_PARSED=st.column_config.NumberColumn("rows read", format="localized"),
    )
    st.subheader("Rejections")
    _table(
        seen.rejections.drop(columns="PIPE"),
        "No file was rejected.",
        FAILED_AT=st.column_config.DatetimeColumn("time, UTC", format="YYYY-MM-DD HH:mm:ss"),
        _FILE="file",
        FIRST_ERROR="first error",
        FIRST_ERROR_LINE=st.column_config.NumberColumn("line", format="localized"),
        RESOLVED="put right since",
    )


def _draw_answer(seen: Observed) -> None:
    st.subheader("What the view says")
    answer = ask_once(seen.version, "purchases_by_category")
    if answer.empty:
        st.info("There are no purchases yet.")
        return
    st.text(f"{count(answer['PURCHASES'].astype('int64').sum())} purchases in MART.CUSTOMER_PURCHASES, by category:")
    _table(answer, "", CATEGORY="category", PURCHASES="purchases", CUSTOMERS="customers who bought")


def _table(frame: pd.DataFrame, empty: str, **columns: object) -> None:
    if frame.empty:
        st.info(empty)
    else:
        st.dataframe(frame, hide_index=True, column_config=columns, width="stretch")


def _full_name(pipe: pd.Series) -> str:
    return ".".join(_identifier(pipe[part]) for part in ("database_name", "schema_name", "name"))


def _identifier(name: str) -> str:
    """Return a name as SQL takes it: quoted where it has to be."""
    plain = name.isascii() and name.isidentifier() and name == name.upper()
    return name if plain else '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _text(time: dt.datetime) -> str:
    return time.isoformat(sep=" ")
