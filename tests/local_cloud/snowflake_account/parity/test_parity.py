"""Every statement of the list answers what Snowflake documents for it, or is refused by its name."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest

from local_cloud.snowflake_account import Account, SnowflakeError
from tests.local_cloud.snowflake_account.landing import open_aws
from tests.local_cloud.snowflake_account.parity.case import Case
from tests.local_cloud.snowflake_account.parity.lists import every_case, in_document, listed

ALL = list(every_case())


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """One account for all, with table R.S.T."""
    with open_aws() as aws, contextlib.closing(Account(tmp_path_factory.mktemp("parity"), aws)) as opened:
        for sql in ("create database R", "create schema R.S", "create table T (A int)"):
            opened.execute(sql)
        yield opened


@pytest.mark.parametrize("case", [case for _, case in ALL], ids=[f"{kind}: {case.name}" for kind, case in ALL])
def test_what_is_typed_answers_as_documented_or_is_refused_by_name(account: Account, case: Case) -> None:
    with contextlib.closing(account.connect("R", "S")) as session:
        for sql in case.sql[:-1]:
            session.execute(sql)
        if case.rows is not None:
            assert _same(session.execute(case.sql[-1]).rows, case.rows)
            return
        with pytest.raises(SnowflakeError) as caught:
            session.execute(case.sql[-1])
    assert (caught.value.code, case.words in caught.value.message) == (case.code, True), caught.value


def _same(got: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]]) -> bool:
    """Compare rows; a number is as good in double precision, which the deviations tell of."""
    assert [len(row) for row in got] == [len(row) for row in wanted], got
    for row, other in zip(got, wanted, strict=True):
        for value, want in zip(row, other, strict=True):
            is_number = all(isinstance(each, int | float | Decimal) for each in (value, want))
            close = is_number and math.isclose(value, want, rel_tol=1e-12)
            assert close or (value == want and isinstance(value, bool) == isinstance(want, bool)), (got, wanted)
    return True


def test_a_column_without_a_name_has_the_text_that_was_typed(account: Account) -> None:
    with contextlib.closing(account.connect("R", "S")) as session:
        columns = session.execute(
            "select array_size([1]), a_sf_array_size + 1 from (select 1 as a_sf_array_size)"
        ).columns
    assert [column.name for column in columns] == ["ARRAY_SIZE([1])", "A_SF_ARRAY_SIZE + 1"]


def test_the_list_has_what_is_used_most_and_no_name_twice() -> None:
    names = [(kind, case.name) for kind, case in ALL]
    assert len(names) == len(set(names)) >= 150


def test_the_document_is_made_from_the_list() -> None:
    assert in_document() == listed(), "python -m tests.local_cloud.snowflake_account.parity.lists writes it"
