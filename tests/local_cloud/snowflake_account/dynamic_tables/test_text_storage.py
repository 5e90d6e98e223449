"""Texts that never repeat are stored as they are; those that do are compressed."""

from __future__ import annotations

from local_cloud.snowflake_account import Account


def test_ids_are_stored_as_they_are_and_texts_that_repeat_are_compressed(account: Account) -> None:
    for sql in (
        "create database R",
        "create schema R.S",
        "create warehouse W",
        "create table T (ID varchar, STATE varchar)",
        "insert into T select uuid_string(), 'sold' from table(generator(rowcount => 1000))",
        "create dynamic table D TARGET_LAG = '1 minute' WAREHOUSE = W as "
        "select ID, STATE, md5(ID) as DIGEST, length(ID) as LENGTH from T",
    ):
        account.execute(sql)
    account.refresh_dynamic_tables()
    duck = account.shared.databases.duck
    (created,) = duck.execute("select sql from duckdb_tables() where table_name = 'D'").fetchone() or ("",)
    found = {part.split()[0]: "Uncompressed" in part for part in created.partition("(")[2].split(",")}
    assert found == {"ID": True, "STATE": False, "DIGEST": True, "LENGTH": False}
