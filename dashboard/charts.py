"""The charts: frames in, Altair out. Every axis says what it counts; labels and tooltips are texts, never HTML."""

from __future__ import annotations

import datetime as dt

import altair as alt
import pandas as pd
from colours import OTHERS, SERIES, with_others

_HEIGHT = 320
_ROW_HEIGHT = 26
_LONGEST_LABEL = 140
_RANK = "place in the legend"


def stacked_by_time(
    frame: pd.DataFrame,
    *,
    time: str,
    series: str,
    amount: str,
    unit: str,
    step: str,
    legend: str,
    span: tuple[dt.datetime, dt.datetime] | None = None,
) -> alt.Chart:
    """Return bars over time, stacked by series.

    Args:
        frame: the amounts.
        time: the column of times.
        series: the column of series; those beyond the colours are added up as others.
        amount: the column of amounts.
        unit: what is counted.
        step: the length of a bar, in Vega's words.
        legend: what the series are.
        span: what the axis of time spans; None for what the amounts do.
    """
    totals = frame.groupby(series)[amount].sum().sort_values(ascending=False)
    own = with_others(list(totals.index))
    folded = frame.assign(**{series: frame[series].where(frame[series].isin(own), OTHERS)})
    folded = folded.groupby([time, series], as_index=False)[amount].sum()
    names = own if len(own) == len(totals) else [*own, OTHERS]
    folded[_RANK] = folded[series].map(names.index)
    colours = [*SERIES[: len(own)], SERIES[-1]][: len(names)]
    return (
        alt.Chart(folded)
        .mark_bar(binSpacing=0)
        .encode(
            x=alt.X(
                _field(time),
                type="temporal",
                timeUnit=alt.TimeUnitParams(unit=step),
                title="time, UTC",
                scale=_scale(span),
            ),
            y=alt.Y(_field(amount), type="quantitative", title=unit, stack="zero", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                _field(series),
                type="nominal",
                title=legend,
                sort=names,
                scale=alt.Scale(domain=names, range=colours),
                legend=alt.Legend(orient="bottom", columns=3, labelLimit=_LONGEST_LABEL),
            ),
            order=alt.Order(_RANK, type="quantitative"),
            tooltip=[
                alt.Tooltip(_field(time), type="temporal", title="time, UTC", timeUnit=step),
                alt.Tooltip(_field(series), type="nominal", title=legend),
                alt.Tooltip(_field(amount), type="quantitative", title=unit, format=","),
            ],
        )
        .properties(height=_HEIGHT)
    )


def ranked(frame: pd.DataFrame, *, name: str, amount: str, unit: str, what: str) -> alt.Chart:
    """Return horizontal bars, the longest above, each with its amount beside it.

    Args:
        frame: the amounts, in their order.
        name: the column of names.
        amount: the column of amounts.
        unit: what is counted.
        what: what the names are.
    """
    bars = alt.Chart(frame).encode(
        y=alt.Y(_field(name), type="nominal", title=what, sort=None, axis=alt.Axis(labelLimit=_LONGEST_LABEL)),
        x=alt.X(_field(amount), type="quantitative", title=unit, axis=alt.Axis(tickMinStep=1)),
        tooltip=[
            alt.Tooltip(_field(name), type="nominal", title=what),
            alt.Tooltip(_field(amount), type="quantitative", title=unit, format=","),
        ],
    )
    return bars.mark_bar(color=SERIES[0]).properties(height=max(len(frame), 3) * _ROW_HEIGHT + 50)


def _scale(span: tuple[dt.datetime, dt.datetime] | None) -> alt.Scale:
    if span is None:
        return alt.Scale()
    return alt.Scale(domain=[alt.DateTime(**_parts(moment), utc=True) for moment in span])


def _parts(moment: dt.datetime) -> dict[str, int]:
    return {
        "year": moment.year,
        "month": moment.month,
        "date": moment.day,
        "hours": moment.hour,
        "minutes": moment.minute,
    }


def _field(column: str) -> str:
    """Return a column's name as Vega takes it: dots and brackets would lead into objects."""
    return column.replace("\\", "\\\\").replace(".", "\\.").replace("[", "\\[").replace("]", "\\]")
