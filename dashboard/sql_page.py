"""SQL: a statement, its rows as a table and as CSV, what was asked before, and Snowflake's own errors."""

from __future__ import annotations

import time

import streamlit as st
from account import Answer, RefusedError, run
from amounts import counted

_MOST_ROWS = 10_000
_MOST_STATEMENTS = 20
_EXAMPLE = "select * from MART.CUSTOMER_PURCHASES order by PURCHASE_COUNT desc limit 20"


def page() -> None:
    """Draw the page."""
    recent: list[str] = st.session_state.setdefault("recent", [])
    st.session_state.setdefault("statement", _EXAMPLE)
    with st.form("editor", border=False):
        sql = st.text_area("One statement, in Snowflake's SQL", key="statement", height=160)
        asked = st.form_submit_button("Run", type="primary")
    if asked and sql.strip():
        _remember(recent, sql)
        _ask(sql.strip().rstrip(";"))
    _draw_outcome()
    if recent:
        st.selectbox(
            "Recent statements of this visit",
            recent,
            index=None,
            placeholder="take one back into the editor",
            key="taken",
            on_change=_take_back,
        )


def _take_back() -> None:
    if st.session_state["taken"]:
        st.session_state["statement"] = st.session_state["taken"]
        st.session_state["taken"] = None


def _remember(recent: list[str], sql: str) -> None:
    if sql in recent:
        recent.remove(sql)
    recent.insert(0, sql)
    del recent[_MOST_STATEMENTS:]


def _ask(sql: str) -> None:
    begin = time.perf_counter()
    try:
        with st.spinner("Running …"):
            outcome: Answer | str = run(sql, most_rows=_MOST_ROWS)
    except RefusedError as error:
        outcome = str(error)
    st.session_state["outcome"] = (outcome, time.perf_counter() - begin)


def _draw_outcome() -> None:
    if "outcome" not in st.session_state:
        st.info("The result will stand here.")
        return
    outcome, seconds = st.session_state["outcome"]
    if isinstance(outcome, str):
        st.error("Snowflake refused the statement:")
        st.code(outcome, language=None, wrap_lines=True)
        return
    more = f"; there are more, and only the first {_MOST_ROWS:,} are here" if outcome.cut else ""
    st.text(f"{counted(len(outcome.rows), 'row')} in {seconds:.2f} s{more}")
    st.dataframe(outcome.rows, hide_index=True, width="stretch")
    if len(outcome.rows):
        st.download_button(
            "Download as CSV", outcome.rows.to_csv(index=False).encode(), "result.csv", "text/csv", on_click="ignore"
        )
