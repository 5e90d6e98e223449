"""The account's roles, enforced: who deploys the program, who reads its view, who looks after it.

An administrator runs the documented script; a user with its role alone deploys; an analyst and an operator, who have
what the stack's config gives their roles, ask. One deployment serves every test; none takes away what another needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from infra import feeds as infra_feeds
from local_cloud.accounts import Accounts, open_accounts
from local_cloud.program.deployment import Deployment, Resource
from local_cloud.program.engine import Stack, run_program
from local_cloud.resources import Registry
from local_cloud.snowflake_account import SnowflakeError
from local_cloud.snowflake_account.sessions.session import Session
from local_cloud.snowpipe.loader import Snowpipe
from tests.program.recording import ROOT, stack_config

SCRIPT = (ROOT / "sql" / "bootstrap" / "deployer.sql").read_text()

_USERS = """
    create role ANALYST; create role ONCALL;
    create user DEPLOYER password = 'd' default_role = RETAIL_DEPLOYER default_secondary_roles = ();
    create user ANNA password = 'a' default_role = ANALYST default_warehouse = RETAIL_DEV_READERS
        default_secondary_roles = ();
    create user OLE password = 'o' default_role = ONCALL default_warehouse = RETAIL_DEV_READERS
        default_secondary_roles = ();
    grant role RETAIL_DEPLOYER to user DEPLOYER; grant role ANALYST to user ANNA; grant role ONCALL to user OLE
"""

VIEW, ROWS = "MART.CUSTOMER_PURCHASES", [("C1", 5, "P1", None, 1)]


def statements(script: str) -> list[str]:
    """Return the statements of a script without its comments."""
    lines = [line for line in script.splitlines() if not line.strip().startswith("--")]
    return [statement.strip() for statement in "\n".join(lines).split(";") if statement.strip()]


@dataclass(frozen=True)
class Deployed:
    """The accounts with the pipeline in them, and what a test asks as."""

    accounts: Accounts
    registry: Registry
    deployment: Deployment

    def session(self, user: str) -> Session:
        """Open a session in the stack's database."""
        return self.accounts.snowflake.connect("RETAIL_DEV", user=user)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    config = stack_config(dataDir="", readers='["ANALYST"]', operators='["ONCALL"]')
    with open_accounts(tmp_path_factory.mktemp("accounts")) as accounts:
        for statement in [*statements(SCRIPT), *statements(_USERS)]:
            accounts.snowflake.execute(statement)
        registry = Registry(accounts.aws, accounts.snowflake.connect(user="DEPLOYER"))
        deployment = run_program(Stack(ROOT / "__main__.py", "retail-snowpipe", "dev", config), registry)
        s3 = accounts.aws.client("s3")
        for key, line in {
            "customers/c.csv": "customer_id,loyalty_score\nC1,5\n",
            "transactions/t.json": '{"customer_id": "C1", "basket": [{"product_id": "P1", "price": 1}]}\n',
        }.items():
            s3.put_object(Bucket=deployment.outputs["bucket"], Key=key, Body=line.encode())
        Snowpipe(accounts.snowflake, accounts.aws).run_until_idle()
        accounts.snowflake.refresh_dynamic_tables()
        yield Deployed(accounts, registry, deployment)


def refusal(session: Session, sql: str) -> str:
    with pytest.raises(SnowflakeError) as caught:
        session.execute(sql)
    return caught.value.message


def test_the_deployers_role_alone_deploys_the_whole_program_and_owns_it(deployed: Deployed):
    assert len(deployed.deployment.resources) > 80
    owners = {row["owner"] for row in deployed.session("DEPLOYER").execute("show dynamic tables").dicts()}
    assert owners == {"RETAIL_DEPLOYER"}


def shown_as(resource: Resource) -> tuple[str, str]:
    """Return the SHOW that the provider reads a grant back by, and the kind that its rows have to name."""
    given = resource.inputs
    if "onDatabase" in given:
        return f'SHOW GRANTS ON DATABASE "{given["onDatabase"]}"', "DATABASE"
    if "onAccountObject" in given:
        return f'SHOW GRANTS ON WAREHOUSE "{given["onAccountObject"]["objectName"]}"', "WAREHOUSE"
    if "onSchema" in given:
        return f"SHOW GRANTS ON SCHEMA {given['onSchema']['schemaName']}", "SCHEMA"
    target = given["onSchemaObject"]
    if "future" in target:
        future = target["future"]
        return f"SHOW FUTURE GRANTS IN SCHEMA {future['inSchema']}", future["objectTypePlural"].removesuffix("S")
    return f"SHOW GRANTS ON {target['objectType']} {target['objectName']}", target["objectType"]


def test_every_privilege_is_read_back_as_the_provider_reads_it_so_that_a_refresh_finds_nothing(deployed: Deployed):
    deployer = deployed.session("DEPLOYER")
    granted = [resource for resource in deployed.deployment.resources if "privileges" in resource.inputs]
    assert len(granted) > 35
    for resource in granted:
        show, kind = shown_as(resource)
        holder = "ROLE" if "accountRoleName" in resource.inputs else "DATABASE_ROLE"
        role = resource.inputs.get("accountRoleName") or resource.inputs["databaseRoleName"].split(".")[1].strip('"')
        found = {
            row["privilege"]
            for row in deployer.execute(show).dicts()
            if (row.get("granted_on") or row["grant_on"]).replace("_", " ") == kind
            and (row.get("granted_to") or row["grant_to"]) == holder
            and row["grantee_name"] == role
            and str(row["grant_option"]).lower() == "false"
            and row.get("granted_by", "somebody")
        }
        assert found >= set(resource.inputs["privileges"]), resource.name


def test_who_has_a_database_role_is_read_back_as_the_provider_reads_it(deployed: Deployed):
    for role, holders in {"READER": {"ANALYST", "ONCALL"}, "OPERATOR": {"ONCALL"}}.items():
        shown = deployed.session("DEPLOYER").execute(f'SHOW GRANTS OF DATABASE ROLE "RETAIL_DEV"."{role}"').dicts()
        found = {(row["granted_to"], row["grantee_name"]) for row in shown if row["granted_by"]}
        assert found == {("ROLE", holder) for holder in holders}


def test_an_administrator_of_the_system_manages_what_the_deployer_owns(deployed: Deployed):
    sysadmin = deployed.accounts.snowflake.connect("RETAIL_DEV", role="SYSADMIN")
    assert sysadmin.execute(f"select count(*) from {VIEW}").rows == [(1,)]


def test_an_analyst_reads_the_view(deployed: Deployed):
    assert deployed.session("ANNA").execute(f"select * from {VIEW}").rows == ROWS


@pytest.mark.parametrize(
    "sql",
    [
        "select * from RAW.CUSTOMERS",
        "select * from CORE.PURCHASES",
        "select * from OPS.LOAD_FAILURES",
        "list @RAW.LANDING",
        "select system$pipe_status('RETAIL_DEV.RAW.CUSTOMERS')",
        "alter pipe RAW.CUSTOMERS set pipe_execution_paused = true",
        "alter dynamic table CORE.PURCHASES refresh",
        f"drop view {VIEW}",
        f"grant select on view {VIEW} to role PUBLIC",
        "create table MART.MINE (A number)",
        "use warehouse RETAIL_DEV",
    ],
)
def test_an_analyst_may_nothing_else(deployed: Deployed, sql: str):
    assert "does not exist or not authorized" in (told := refusal(deployed.session("ANNA"), sql)) or (
        "Insufficient privileges" in told
    )


def test_an_analyst_is_shown_no_pipe_no_table_and_no_schema_but_mart(deployed: Deployed):
    anna = deployed.session("ANNA")
    for kind in ("pipes", "tables", "dynamic tables", "stages"):
        assert anna.execute(f"show {kind} in database RETAIL_DEV").rows == []
    schemas = {row["name"] for row in anna.execute("show schemas in database RETAIL_DEV").dicts()}
    assert schemas - {"INFORMATION_SCHEMA"} == {"MART"}


@pytest.mark.parametrize(
    ("model", "role"), [("mart-customer-purchases", "reader"), ("core-purchase-counts", "operator")]
)
def test_an_analyst_reads_on_the_moment_that_a_replaced_model_is_there(deployed: Deployed, model: str, role: str):
    """The grant on the object itself goes with it and comes after it; until then there is the one to come."""
    resources = {resource.name: resource for resource in deployed.deployment.resources}
    grant, replaced = resources[f"{role}-{model}"], resources[model]
    for gone in (grant, replaced):
        deployed.registry.delete(gone.type, gone.id, gone.outputs)
    assert "does not exist" in refusal(deployed.session("ANNA"), f"select * from {VIEW}")
    deployed.registry.create(replaced.type, replaced.inputs)
    deployed.accounts.snowflake.refresh_dynamic_tables()
    assert deployed.session("ANNA").execute(f"select * from {VIEW}").rows == ROWS
    deployed.registry.create(grant.type, grant.inputs)


def test_an_operator_sees_how_the_loading_goes(deployed: Deployed):
    ole = deployed.session("OLE")
    assert ole.execute("select count(*) from RAW.CUSTOMERS").rows == [(1,)]
    assert ole.execute("select count(*) from OPS.LOAD_FAILURES").rows == [(0,)]
    assert ole.execute("select count(*) from OPS.LOAD_ATTEMPTS").rows == [(2,)]
    assert ole.execute(f"select count(*) from {VIEW}").rows == [(1,)]
    assert len(ole.execute("list @RAW.LANDING/customers/").rows) == 1
    assert {row["name"] for row in ole.execute("show pipes").dicts()} == {feed.table for feed in infra_feeds.FEEDS}
    history = (
        "table(information_schema.copy_history(table_name => 'RETAIL_DEV.RAW.CUSTOMERS', start_time => '2000-01-01'))"
    )
    assert ole.execute(f"select status from {history}").rows == [("Loaded",)]


def test_an_operator_pauses_resumes_and_refreshes(deployed: Deployed):
    ole = deployed.session("OLE")
    for paused, state in (("true", "PAUSED"), ("false", "RUNNING")):
        ole.execute(f"alter pipe RAW.CUSTOMERS set pipe_execution_paused = {paused}")
        ((status,),) = ole.execute("select system$pipe_status('RETAIL_DEV.RAW.CUSTOMERS')").rows
        assert state in status
    ole.execute("alter pipe RAW.CUSTOMERS refresh")
    for action in ("suspend", "resume", "refresh"):
        ole.execute(f"alter dynamic table CORE.PURCHASES {action}")


@pytest.mark.parametrize(
    "sql",
    [
        "insert into RAW.CUSTOMERS (CUSTOMER_ID) values ('C2')",
        "truncate table RAW.CUSTOMERS",
        "select * from CORE.PURCHASES",
        "drop pipe RAW.CUSTOMERS",
        "drop dynamic table CORE.PURCHASES",
        "create or replace view OPS.LOAD_FAILURES as select 1 as A",
        "grant database role OPERATOR to role PUBLIC",
        "alter warehouse RETAIL_DEV_READERS set warehouse_size = 'LARGE'",
    ],
)
def test_an_operator_changes_nothing_that_the_program_declares(deployed: Deployed, sql: str):
    assert "does not exist or not authorized" in (told := refusal(deployed.session("OLE"), sql)) or (
        "nsufficient privileges" in told
    )
