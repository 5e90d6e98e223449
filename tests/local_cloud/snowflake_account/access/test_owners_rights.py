"""What the account does by itself, it does with the role of the owner: pipes load, dynamic tables refresh."""

from __future__ import annotations

import json

import pytest

from local_cloud.snowflake_account import SnowflakeError
from local_cloud.snowpipe.loader import PipesFailedError, Snowpipe
from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing

_OWNED = (
    "create warehouse W",
    "create role OWNING",
    "create user OTTO password = 'o' default_role = OWNING default_warehouse = W default_secondary_roles = ()",
    "grant role OWNING to user OTTO",
    "grant usage on warehouse W to role OWNING",
    "grant usage on database RETAIL_TEST to role OWNING",
    f"grant usage, create pipe, create dynamic table on schema {SCHEMA} to role OWNING",
    f"create table {SCHEMA}.T (A variant)",
    f"grant select, insert on table {SCHEMA}.T to role OWNING",
    f"grant usage on stage {SCHEMA}.LANDING to role OWNING",
)
_PIPE = (
    f"create pipe {SCHEMA}.P as copy into {SCHEMA}.T from @{SCHEMA}.LANDING/transactions/ file_format = (type = json)"
)
_DYNAMIC_TABLE = (
    f"create dynamic table {SCHEMA}.D target_lag = '1 minute' warehouse = W as select count(*) as N from {SCHEMA}.T"
)


@pytest.fixture
def owned(landing: Landing) -> Landing:
    """A pipe P and a dynamic table D on table T, which the role OWNING has made."""
    for sql in _OWNED:
        landing.execute(sql)
    otto = landing.account.connect(user="OTTO")
    for sql in (_PIPE, _DYNAMIC_TABLE):
        otto.execute(sql)
    return landing


def state(landing: Landing) -> str:
    return json.loads(landing.value(f"select system$pipe_status('{SCHEMA}.P')"))["executionState"]


@pytest.mark.parametrize(
    "grant", [f"insert on table {SCHEMA}.T", f"usage on stage {SCHEMA}.LANDING", f"usage on schema {SCHEMA}"]
)
def test_a_pipe_stalls_without_its_owners_privileges_and_loads_when_they_are_back(owned: Landing, grant: str) -> None:
    owned.execute("grant role OWNING to role SYSADMIN")
    owned.put("transactions/a.json", '{"A": 1}')
    owned.execute(f"alter pipe {SCHEMA}.P refresh")
    revoked = [grant, f"create pipe, create dynamic table on schema {SCHEMA}"] if "schema" in grant else [grant]
    for each in revoked:
        owned.execute(f"revoke {each} from role OWNING")

    assert state(owned) == "STALLED_COMPILATION_ERROR"
    with pytest.raises(PipesFailedError):
        Snowpipe(owned.account, owned.aws).run_until_idle()
    assert owned.value(f"select count(*) from {SCHEMA}.T") == 0

    owned.execute(f"grant {grant} to role OWNING")
    owned.aws.let_visibility_time_out()
    Snowpipe(owned.account, owned.aws).run_until_idle()
    assert state(owned) == "RUNNING"
    assert owned.value(f"select count(*) from {SCHEMA}.T") == 1


@pytest.mark.parametrize("grant", [f"select on table {SCHEMA}.T", "usage on warehouse W"])
def test_a_dynamic_table_is_not_refreshed_without_its_owners_privileges(owned: Landing, grant: str) -> None:
    owned.execute("grant role OWNING to role SYSADMIN")
    owned.execute(f"insert into {SCHEMA}.T select parse_json('1')")
    owned.execute(f"revoke {grant} from role OWNING")
    with pytest.raises(SnowflakeError, match=r"could not be refreshed|Insufficient privileges"):
        owned.account.refresh_dynamic_tables()
    assert owned.value(f"select N from {SCHEMA}.D") == 0

    owned.execute(f"grant {grant} to role OWNING")
    owned.account.refresh_dynamic_tables()
    assert owned.value(f"select N from {SCHEMA}.D") == 1


def test_what_makes_a_pipe_or_a_model_needs_all_that_it_will_need(owned: Landing) -> None:
    otto = owned.account.connect(user="OTTO")
    for grant, sql in (
        (f"insert on table {SCHEMA}.T", _PIPE),
        (f"usage on stage {SCHEMA}.LANDING", _PIPE),
        (f"create pipe on schema {SCHEMA}", _PIPE),
        (f"select on table {SCHEMA}.T", _DYNAMIC_TABLE),
        ("usage on warehouse W", _DYNAMIC_TABLE),
        (f"create dynamic table on schema {SCHEMA}", _DYNAMIC_TABLE),
    ):
        owned.execute(f"revoke {grant} from role OWNING")
        with pytest.raises(SnowflakeError) as refused:
            otto.execute(sql.replace(".P as", ".P2 as").replace(".D target", ".D2 target"))
        assert refused.value.code in (2003, 3001), (grant, refused.value.message)
        owned.execute(f"grant {grant} to role OWNING")
