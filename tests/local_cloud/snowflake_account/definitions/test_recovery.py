"""What a process that was killed between two commits leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from local_cloud.aws_account.account import AwsAccount
from local_cloud.snowflake_account import Account
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name

DAMAGE: dict[str, Callable[[Account], object]] = {
    "a table that only the data has": lambda account: account.shared.databases.execute(
        'create table "D"."S"."HALF" (a int)'
    ),
    "a view that only the data has": lambda account: account.shared.databases.execute(
        'create view "D"."S"."HALF" as select 1'
    ),
    "a table that only the catalog has": lambda account: account.shared.catalog.add(
        Kind.TABLE, Name(("D", "S", "HALF")), {"COLUMNS": []}
    ),
    "a dynamic table that only the catalog has": lambda account: account.shared.catalog.add(
        Kind.DYNAMIC_TABLE, Name(("D", "S", "HALF")), {"READS": [], "QUERY": "select 1"}
    ),
    "a schema that only the data has": lambda account: account.shared.databases.execute('create schema "D"."HALF"'),
    "a schema that only the catalog has": lambda account: account.shared.catalog.add(
        Kind.SCHEMA, Name(("D", "HALF")), {}
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_half_of_a_definition_is_taken_out_when_the_account_is_opened(
    tmp_path: Path, damage: Callable[[Account], object]
) -> None:
    with AwsAccount() as aws:
        account = Account(tmp_path, aws)
        account.execute("create database D")
        account.execute("create schema D.S")
        account.execute("create table D.S.WHOLE (A integer)")
        account.execute("create view D.S.SEEN as select A from D.S.WHOLE")
        account.execute("insert into D.S.WHOLE values (1)")
        damage(account)
        account.close()
        account = Account(tmp_path, aws)
        assert account.execute("select A from D.S.SEEN").rows == [(1,)]
        assert [row["name"] for row in account.execute("show tables in database D").dicts()] == ["WHOLE"]
        account.execute("create table D.S.HALF (A integer)")
        account.execute("create schema D.HALF")
        assert account.execute("select count(*) from D.S.HALF").rows == [(0,)]
        account.close()
