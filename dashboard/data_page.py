"""Data: who bought what and when, the exercise's question answered with pictures."""

from __future__ import annotations

import datetime as dt

import charts
import pandas as pd
import streamlit as st
from account import ask_and_keep
from amounts import count, counted

_TOP = 10


def page() -> None:
    """Draw the page."""
    first, last, undated = ask_and_keep("period").iloc[0]
    if pd.isna(first):
        st.info("There are no purchases yet: they appear here as soon as a file with transactions is loaded.")
        return
    if undated:
        st.warning(f"{counted(undated, 'purchase')} without a readable time: in no period, and in the Quality page.")
    chosen = _period(first, last)
    if chosen is None:
        st.info("Choose the last day of the period as well.")
        return
    days = ask_and_keep("purchases_per_day").astype({"PURCHASES": "int64"})
    categories = st.multiselect("Categories", sorted(days["CATEGORY"].unique()), placeholder="all", key="categories")
    _draw(days[days["PURCHASED_ON"].between(*chosen)], chosen, categories, chosen == (first, last) and not undated)


def _period(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date] | None:
    chosen = st.date_input("Period", value=(first, last), min_value=first, max_value=last, key="period")
    return chosen if isinstance(chosen, tuple) and len(chosen) == 2 else None


def _draw(days: pd.DataFrame, chosen: tuple[dt.date, dt.date], categories: list[str], whole: bool) -> None:
    weeks = str(_monday(chosen[0])), str(_monday(chosen[1]))
    products, customers = _tops(weeks, whole)
    if categories:
        days = days[days["CATEGORY"].isin(categories)]
        products = products[products["CATEGORY"].isin(categories)]
    if days.empty:
        st.info("There are no purchases in this period.")
        return
    total, number_of_days = days["PURCHASES"].sum(), (chosen[1] - chosen[0]).days + 1
    for column, (title, number) in zip(
        st.columns(3),
        (
            ("purchases", count(total)),
            ("a day", f"{total / number_of_days:,.1f}"),
            ("categories", count(days["CATEGORY"].nunique())),
        ),
        strict=True,
    ):
        column.metric(title, number)
    st.subheader("Purchases per day and category")
    st.altair_chart(
        charts.stacked_by_time(
            days.assign(PURCHASED_ON=pd.to_datetime(days["PURCHASED_ON"])),
            time="PURCHASED_ON",
            series="CATEGORY",
            amount="PURCHASES",
            unit="purchases a day",
            step="utcyearmonthdate",
            legend="category",
        ),
        width="stretch",
    )
    _draw_tops(products, customers, weeks)
    _draw_week(sorted({_monday(day) for day in days["PURCHASED_ON"]}, reverse=True))


def _tops(weeks: tuple[str, str], whole: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the products and the customers with most purchases; those of the whole time are counted already."""
    if whole:
        found = ask_and_keep("top_products_ever"), ask_and_keep("top_customers_ever")
    else:
        found = ask_and_keep("top_products", *weeks), ask_and_keep("top_customers", *weeks)
    return found[0].astype({"PURCHASES": "int64"}), found[1].astype({"PURCHASES": "int64"})


def _draw_tops(products: pd.DataFrame, customers: pd.DataFrame, weeks: tuple[str, str]) -> None:
    st.text(f"By week, as MART.WEEKLY_CUSTOMER_PURCHASES counts: the weeks from {weeks[0]} to the one of {weeks[1]}.")
    left, right = st.columns(2)
    with left:
        st.subheader("Products bought most")
        chart = charts.ranked(products.head(_TOP), name="PRODUCT", amount="PURCHASES", unit="purchases", what="product")
        st.altair_chart(chart, width="stretch")
    with right:
        st.subheader("Customers who bought most")
        chart = charts.ranked(customers, name="CUSTOMER", amount="PURCHASES", unit="purchases", what="customer")
        st.altair_chart(chart, width="stretch")


def _draw_week(mondays: list[dt.date]) -> None:
    st.subheader("The weekly view")
    week = st.selectbox("Week from", mondays, format_func=str, key="week")
    st.dataframe(
        ask_and_keep("weekly_view", str(week)),
        hide_index=True,
        width="stretch",
        column_config={
            "WEEK_START": st.column_config.DateColumn("week from"),
            "CUSTOMER_ID": "customer",
            "LOYALTY_SCORE": "loyalty score",
            "PRODUCT_ID": "product",
            "PRODUCT_CATEGORY": "category",
            "PURCHASE_COUNT": "purchases",
        },
    )
    st.text("At most 500 rows of the week, the most bought first; the SQL page has them all.")


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
