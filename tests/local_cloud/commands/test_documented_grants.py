"""The example of docs/local-cloud.md: a role that reads the view and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_cloud.commands.users_file import make_users, read_users_file
from local_cloud.snowflake_account import Account, SnowflakeError
from tests.local_cloud.snowflake_account.landing import open_aws

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "local-cloud.md"

_DEPLOYED = """
    create warehouse RETAIL_DEV; create database RETAIL_DEV; create schema RETAIL_DEV.RAW;
    create schema RETAIL_DEV.MART; create table RETAIL_DEV.RAW.CUSTOMERS (CUSTOMER_ID varchar);
    create view RETAIL_DEV.MART.CUSTOMER_PURCHASES as select CUSTOMER_ID from RETAIL_DEV.RAW.CUSTOMERS
"""


def test_the_documented_grants_open_the_view_and_nothing_else(tmp_path: Path) -> None:
    section = DOCUMENT.read_text("utf-8").partition("## Try your grants")[2].partition("\n## ")[0]
    (users,) = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    granted, asked = re.findall(r"```sql\n(.*?)```", section, re.DOTALL)
    file = tmp_path / "users.toml"
    file.write_text(users)
    with open_aws() as aws:
        account = Account(tmp_path / "snowflake", aws)
        for statement in _DEPLOYED.split(";"):
            account.execute(statement)
        make_users(read_users_file(file), account)
        for statement in granted.strip().rstrip(";").split(";"):
            account.execute(statement)
        analyst = account.connect(user="ANALYST")
        allowed, refused = asked.strip().splitlines()

        assert analyst.execute(allowed).rows == [(0,)]
        statement, _, told = refused.partition(" -- ")
        with pytest.raises(SnowflakeError, match=re.escape(told)):
            analyst.execute(statement)
        account.close()
