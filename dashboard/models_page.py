"""Models: what reads what, and each model's columns, rows, last refresh and its mode."""

from __future__ import annotations

import lineage
import pandas as pd
import streamlit as st
from account import ask_and_keep, show
from amounts import count, span, utc

_KEPT_SECONDS = 20


def page() -> None:
    """Draw the page."""
    relations = _relations()
    if relations.empty:
        st.info("There is nothing to see: this database has no tables and views yet.")
        return
    names = list(relations["name"])
    edges = lineage.reads(dict(zip(names, relations["text"].fillna(""), strict=True)), names)
    without_operations = [name for name in names if not name.startswith("OPS.")]
    st.subheader("What reads what")
    shown = set(without_operations)
    st.graphviz_chart(
        lineage.drawn(without_operations, [edge for edge in edges if shown.issuperset(edge)]), width="stretch"
    )
    chosen = st.selectbox("Table or view", names, index=_first(names), key="model")
    _draw_model(relations[relations["name"] == chosen].iloc[0], edges)


def _first(names: list[str]) -> int:
    return names.index("MART.CUSTOMER_PURCHASES") if "MART.CUSTOMER_PURCHASES" in names else 0


@st.cache_data(ttl=_KEPT_SECONDS, show_spinner="Asking the account …")
def _relations() -> pd.DataFrame:
    """Return every table, dynamic table and view, by schema and name."""
    tables = show("show tables in database")
    tables = tables[tables["is_dynamic"] != "Y"] if "is_dynamic" in tables else tables
    found = [
        tables.assign(kind="table", text=None),
        show("show dynamic tables in database").assign(kind="dynamic table"),
        show("show views in database").assign(kind="view"),
    ]
    together = pd.concat([frame.dropna(axis="columns", how="all") for frame in found if len(frame)], ignore_index=True)
    together = together[together["schema_name"].isin(lineage.SCHEMAS)]
    together = together.assign(name=together["schema_name"] + "." + together["name"])
    order = together["schema_name"].map(lineage.SCHEMAS.index)
    return together.assign(order=order).sort_values(["order", "name"]).drop(columns="order").reset_index(drop=True)


def _draw_model(model: pd.Series, edges: list[tuple[str, str]]) -> None:
    name, kind = model["name"], model["kind"]
    st.subheader(name)
    st.text(model["comment"] or "")
    facts = {"kind": kind}
    if kind != "view":
        facts["rows"] = count(model["rows"])
    if kind == "dynamic table":
        facts |= _refresh_of(model)
    for title, value in facts.items():
        st.text(f"{title}: {value}")
    st.text(f"reads: {', '.join(read for read, reader in edges if reader == name) or 'nothing of this database'}")
    st.text(f"is read by: {', '.join(reader for read, reader in edges if read == name) or 'nothing of this database'}")
    st.dataframe(
        ask_and_keep("columns", *name.split(".", 1)),
        hide_index=True,
        width="stretch",
        column_config={"COLUMN_NAME": "column", "DATA_TYPE": "type", "COMMENT": "holds"},
    )
    if isinstance(model["text"], str):
        with st.expander("Its statement"):
            st.code(model["text"], language="sql", wrap_lines=True)


def _refresh_of(model: pd.Series) -> dict[str, str]:
    refreshes = ask_and_keep("last_refreshes")
    last = refreshes[refreshes["NAME"] == model["name"].partition(".")[2]]
    facts = {
        "refresh mode": str(model["refresh_mode"]).lower(),
        "target lag": str(model["target_lag"]),
        "state": str(model["scheduling_state"]).lower(),
    }
    if last.empty:
        return facts | {"last refresh": "none in the history"}
    start, end = utc(last.iloc[0]["REFRESH_START_TIME"]), utc(last.iloc[0]["REFRESH_END_TIME"])
    took = "" if start is None or end is None else f", took {span((end - start).total_seconds())}"
    how = f"{str(last.iloc[0]['STATE']).lower()}, {str(last.iloc[0]['REFRESH_ACTION']).lower()}"
    return facts | {"last refresh": f"{start:%Y-%m-%d %H:%M:%S} UTC, {how}{took}"}
