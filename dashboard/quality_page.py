"""Quality: what looks wrong in the data, by kind and over time, down to the record as it was delivered."""

from __future__ import annotations

import json
from typing import Any

import charts
import pandas as pd
import streamlit as st
from account import ask_and_keep, run
from amounts import count, counted

_RAW_TABLES = {"customers": "CUSTOMERS", "products": "PRODUCTS", "transactions": "TRANSACTIONS"}
_MOST = 500


def page() -> None:
    """Draw the page."""
    issues = ask_and_keep("issues_by_day").astype({"RECORDS": "int64"})
    if issues.empty:
        st.success("✔ Nothing looks wrong: MART.DATA_QUALITY is empty.")
        return
    kinds = issues.groupby(["ISSUE", "FEED"], as_index=False)["RECORDS"].sum()
    kinds = kinds.sort_values("RECORDS", ascending=False)
    st.metric("records with an issue, each kind counted", count(kinds["RECORDS"].sum()))
    _draw_kinds(issues, kinds)
    issue = st.selectbox("Kind", list(kinds["ISSUE"].unique()), key="issue")
    _draw_records(issue)


def _draw_kinds(issues: pd.DataFrame, kinds: pd.DataFrame) -> None:
    left, right = st.columns(2)
    with left:
        st.subheader("By kind")
        st.altair_chart(
            charts.ranked(
                kinds.groupby("ISSUE", as_index=False, sort=False)["RECORDS"].sum(),
                name="ISSUE",
                amount="RECORDS",
                unit="records",
                what="kind",
            ),
            width="stretch",
        )
    with right:
        st.subheader("By the day of their load")
        dated = issues.dropna(subset="LOADED_ON")
        if dated.empty:
            st.info("All of their files were loaded before the load history was kept.")
            return
        st.altair_chart(
            charts.stacked_by_time(
                dated.assign(LOADED_ON=pd.to_datetime(dated["LOADED_ON"])),
                time="LOADED_ON",
                series="ISSUE",
                amount="RECORDS",
                unit="records a day",
                step="utcyearmonthdate",
                legend="kind",
            ),
            width="stretch",
        )


def _draw_records(issue: str) -> None:
    records = ask_and_keep("issue_records", issue)
    st.dataframe(
        records,
        hide_index=True,
        width="stretch",
        column_config={"FEED": "feed", "_FILE": "file", "_FILE_ROW": "row", "DETAIL": "what is wrong"},
    )
    if len(records) == _MOST:
        st.text(f"The first {_MOST} of them.")
    if records.empty:
        return
    chosen = st.selectbox(
        "Record as it was delivered",
        range(len(records)),
        format_func=lambda number: f"{records.iloc[number]['_FILE']}, row {count(records.iloc[number]['_FILE_ROW'])}",
        key="record",
    )
    _draw_record(records.iloc[chosen])


def _draw_record(record: pd.Series) -> None:
    delivered = delivered_record(record["FEED"], record["_FILE"], int(record["_FILE_ROW"]))
    if delivered is None:
        st.info(f"RAW has no table of the feed {record['FEED']!r} that this page knows.")
        return
    st.text(f"Delivered {counted(len(delivered), 'time')}.")
    for row in delivered[:1]:
        st.code(row, language="json", wrap_lines=True)


@st.cache_data(ttl=20, show_spinner=False)
def delivered_record(feed: str, file: str, row: int) -> list[str] | None:
    """Return a record as it stands in RAW, once for each time it was loaded; None for a feed that is not known.

    It is asked for by its file and row, by which RAW's partitions are kept apart: nothing reads RAW as a whole.
    """
    table = _RAW_TABLES.get(feed)
    if table is None:
        return None
    sql = f"select * from RAW.{table} where _FILE = ? and _FILE_ROW = ?"  # noqa: S608 - one of the names above
    rows = run(sql, (file, row)).rows
    return [json.dumps(_fields(found), ensure_ascii=False, indent=2, default=str) for found in rows.to_dict("records")]


def _fields(row: dict[Any, Any]) -> dict[str, Any]:
    if "RECORD" in row:
        row = row | {"RECORD": json.loads(row["RECORD"]) if row["RECORD"] else None}
    return {str(name): value for name, value in row.items()}
