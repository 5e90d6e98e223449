"""Every page shows what a served cloud holds, to whoever may see it."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import pytest

st = pytest.importorskip("streamlit", reason="streamlit is not installed here: `make test-dashboard` has it")

from account import run, settings  # noqa: E402
from navigation import pages  # noqa: E402
from streamlit.testing.v1 import AppTest  # noqa: E402

from tests.dashboard.conftest import DASHBOARD, HOSTILE  # noqa: E402

SECONDS = 30
PAGES = ("Pipeline", "Data", "Quality", "Models", "SQL")

Open = Callable[[str], AppTest]


@pytest.fixture
def visit(cloud: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], Open]:
    """How a visit with a role begins; None is the user's own, an ACCOUNTADMIN."""

    def as_role(role: str | None) -> Open:
        variables = {name: value for name, value in cloud.items() if name.startswith("SNOWFLAKE_")}
        for name in [name for name in os.environ if name.startswith("SNOWFLAKE_")]:
            monkeypatch.delenv(name)
        for name, value in (variables | ({"SNOWFLAKE_ROLE": role} if role else {})).items():
            monkeypatch.setenv(name, value)
        st.cache_data.clear()
        st.cache_resource.clear()
        return lambda title: AppTest.from_string(
            f"from navigation import PAGES\nPAGES[{title!r}].show()", default_timeout=SECONDS
        ).run()

    return as_role


@pytest.fixture
def opened(visit: Callable[[str | None], Open]) -> Open:
    return visit(None)


def words(page: AppTest) -> str:
    kinds = ("title", "subheader", "text", "markdown", "success", "info", "warning", "error", "code")
    assert not page.exception, page.exception
    return "\n".join(str(element.value) for kind in kinds for element in getattr(page, kind))


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def one(sql: str) -> Any:
    return run(sql).rows.iloc[0, 0]


def test_the_app_begins_with_the_pipeline(opened: Open) -> None:
    page = AppTest.from_file(str(DASHBOARD / "app.py"), default_timeout=SECONDS).run()
    assert [title.value for title in page.title] == ["Pipeline"]
    assert metrics(page) == metrics(opened("Pipeline"))


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the app believe that Snowflake runs it, which then has a session for it."""
    context = types.ModuleType("snowflake.snowpark.context")
    context.__dict__["get_active_session"] = object
    monkeypatch.setitem(sys.modules, "snowflake.snowpark.context", context)


@pytest.mark.usefixtures("inside")
def test_inside_snowflake_no_statement_can_be_typed(opened: Open) -> None:
    assert [page.title for page in pages()] == ["Pipeline", "Data", "Quality", "Models"]
    page = AppTest.from_file(str(DASHBOARD / "app.py"), default_timeout=SECONDS).run()
    assert metrics(page) == metrics(opened("Pipeline"))


def test_on_a_machine_every_page_is_there(opened: Open) -> None:
    opened("Pipeline")
    assert tuple(page.title for page in pages()) == PAGES


@pytest.mark.usefixtures("inside")
def test_the_readers_app_is_the_page_data_and_no_other(opened: Open) -> None:
    page = AppTest.from_file(str(DASHBOARD / "data_app.py"), default_timeout=SECONDS).run()
    assert words(page) == words(opened("Data"))
    assert [title.value for title in page.title] == ["Data"]


def test_the_pipeline_counts_what_came_and_says_what_was_rejected_with_line_and_remedy(opened: Open) -> None:
    page = opened("Pipeline")
    told, numbers = words(page), metrics(page)
    assert numbers["running"] == "3 of 3"
    assert numbers["rows"] == f"{one('select count(*) from RAW.TRANSACTIONS') + 12 + 8:,}"
    assert numbers["purchases"] == f"{one('select count(*) from CORE.PURCHASES'):,}"
    assert "Something needs you: RAW" in told
    assert "1 file rejected, the last one transactions/d=2026-01-11/broken-" in told
    assert "put the corrected file into the bucket under the same path" in told
    loads, rejections, answer = (table.value for table in page.dataframe)
    assert set(loads["STATUS"]) <= {"loaded", "load failed"}
    assert list(rejections["FIRST_ERROR_LINE"]) == [2]
    assert answer["PURCHASES"].sum() == one("select sum(PURCHASE_COUNT) from MART.CUSTOMER_PURCHASES")


def test_the_data_is_counted_by_day_and_follows_the_filters(opened: Open) -> None:
    page = opened("Data")
    assert "1 purchase without a readable time" in words(page)
    everything = int(metrics(page)["purchases"])
    assert everything == one("select count(*) from CORE.PURCHASES where PURCHASED_AT is not null")
    page.multiselect(key="categories").set_value([HOSTILE]).run()
    assert metrics(page)["purchases"] == "2"
    assert not page.exception


def test_a_period_without_purchases_of_a_category_says_so(opened: Open) -> None:
    page = opened("Data")
    first = page.date_input(key="period").value[0]
    page.multiselect(key="categories").set_value([HOSTILE]).run()
    assert "There are no purchases in this period." not in words(page)
    page.date_input(key="period").set_value((first, first)).run()
    assert "There are no purchases in this period." in words(page)


def test_quality_goes_down_to_the_record_as_it_was_delivered(opened: Open) -> None:
    page = opened("Quality")
    kinds = set(page.selectbox(key="issue").options)
    assert kinds == {"missing_customer_id", "unreadable_timestamp", "unknown_customer"}
    page.selectbox(key="issue").set_value("unreadable_timestamp").run()
    assert '"date_of_purchase": "yesterday"' in words(page)
    assert list(page.dataframe[0].value["_FILE_ROW"]) == [2]


def test_a_model_shows_its_columns_with_what_they_hold_and_its_last_refresh(opened: Open) -> None:
    page = opened("Models")
    page.selectbox(key="model").set_value("CORE.PURCHASES").run()
    told = words(page)
    assert "refresh mode: incremental" in told
    assert "reads: CORE.TRANSACTIONS" in told
    assert "is read by: CORE.PURCHASE_COUNTS" in told
    assert "last refresh: 2" in told
    assert list(page.dataframe[0].value["COLUMN_NAME"])[:2] == ["TRANSACTION_ID", "BASKET_POSITION"]


def test_a_statement_gives_its_rows_and_stays_among_the_recent_ones(opened: Open) -> None:
    page = opened("SQL")
    page.text_area(key="statement").set_value("select 1 as N union all select 2 order by N;")
    page.button[0].click().run()
    assert list(page.dataframe[0].value["N"]) == [1, 2]
    assert "2 rows in" in words(page)
    assert page.selectbox(key="taken").options == ["select 1 as N union all select 2 order by N;"]


def test_a_refused_statement_shows_snowflakes_own_error_as_text(opened: Open) -> None:
    page = opened("SQL")
    page.text_area(key="statement").set_value(f'select * from OPS."{"<b>nope</b>"}"')
    page.button[0].click().run()
    assert "Snowflake refused the statement:" in words(page)
    (told,) = (code.value for code in page.code)
    assert "002003" in told
    assert "does not exist or not authorized" in told
    assert "<b>nope</b>" in told


def test_a_long_result_is_cut_and_says_so(opened: Open) -> None:
    page = opened("SQL")
    page.text_area(key="statement").set_value("select seq4() as N from table(generator(rowcount => 10001))")
    page.button[0].click().run()
    assert len(page.dataframe[0].value) == 10_000
    assert "there are more" in words(page)


@pytest.fixture
def roles(opened: Open) -> None:
    """The account roles LOOKERS, of readers, and STRANGERS, of nobody."""
    for statement in (
        "create role if not exists LOOKERS",
        "create role if not exists STRANGERS",
        "grant database role RETAIL_DEV.READER to role LOOKERS",
        "grant usage on warehouse RETAIL_DEV to role LOOKERS",
        "grant role LOOKERS to user LOCAL",
        "grant role STRANGERS to user LOCAL",
    ):
        run(statement)


@pytest.mark.usefixtures("roles")
@pytest.mark.parametrize("title", PAGES)
def test_a_reader_sees_data_and_a_clear_sentence_elsewhere(title: str, visit: Callable[[str | None], Open]) -> None:
    page = visit("LOOKERS")(title)
    if title == "Data":
        assert int(metrics(page)["purchases"]) > 0
    else:
        assert "This page is for operators." in words(page)
        assert not metrics(page)
        assert not page.dataframe


@pytest.mark.usefixtures("roles")
@pytest.mark.parametrize("title", PAGES)
def test_a_stranger_is_told_that_there_is_nothing_to_see(title: str, visit: Callable[[str | None], Open]) -> None:
    assert "There is no pipeline here that your role may see." in words(visit("STRANGERS")(title))


@pytest.mark.parametrize("title", PAGES)
def test_a_page_without_an_account_says_what_to_do(title: str, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_PASSWORD", "wrong")
    told = words(opened(title))
    assert "The account did not answer this page." in told
    assert "make dashboard" in told


def test_an_environment_without_host_and_port_is_not_the_embedded_account() -> None:
    assert settings({"SNOWFLAKE_ACCOUNT": "A", "SNOWFLAKE_USER": "U"}) is None
