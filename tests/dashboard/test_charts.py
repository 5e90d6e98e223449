"""Charts say what they count, and no name of the data takes effect in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

pandas = pytest.importorskip("pandas", reason="pandas is not installed here: `make test-dashboard` has it")

from charts import ranked, stacked_by_time  # noqa: E402
from colours import OTHERS, SERIES  # noqa: E402

DAYS = [dt.date(2026, 1, day) for day in (1, 2)]


def drawn(amounts: dict[str, int]) -> dict[str, Any]:
    rows = [(day, name, amount) for day in DAYS for name, amount in amounts.items()]
    frame = pandas.DataFrame(rows, columns=["day", "name", "amount"])
    chart = stacked_by_time(
        frame, time="day", series="name", amount="amount", unit="things a day", step="utcyearmonthdate", legend="name"
    )
    return chart.to_dict()


def rows_of(chart: dict[str, Any]) -> list[dict[str, Any]]:
    (rows,) = chart["datasets"].values()
    return rows


def test_axes_legend_and_tooltip_name_their_units() -> None:
    encoding = drawn({"a": 1})["encoding"]
    assert (encoding["x"]["title"], encoding["y"]["title"]) == ("time, UTC", "things a day")
    assert [shown["title"] for shown in encoding["tooltip"]] == ["time, UTC", "name", "things a day"]


def test_the_largest_series_have_their_own_colours_and_the_rest_is_added_up() -> None:
    chart = drawn({name: amount for amount, name in enumerate("abcdefg", start=1)})
    scale = chart["encoding"]["color"]["scale"]
    assert scale == {"domain": ["g", "f", "e", "d", OTHERS], "range": list(SERIES)}
    others = [row["amount"] for row in rows_of(chart) if row["name"] == OTHERS]
    assert others == [1 + 2 + 3] * len(DAYS)
    places = {row["name"]: row["place in the legend"] for row in rows_of(chart)}
    assert sorted(places, key=places.__getitem__) == scale["domain"]


def test_as_many_series_as_colours_are_not_added_up() -> None:
    scale = drawn({name: 9 - amount for amount, name in enumerate("abcde")})["encoding"]["color"]["scale"]
    assert scale == {"domain": list("abcde"), "range": list(SERIES)}


def test_a_column_is_a_name_and_no_path_into_an_object() -> None:
    frame = pandas.DataFrame({"a.b[0]": ["x"], "n": [1]})
    encoding = ranked(frame, name="a.b[0]", amount="n", unit="things", what="name").to_dict()["encoding"]
    assert encoding["y"]["field"] == "a\\.b\\[0\\]"
