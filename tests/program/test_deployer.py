"""The role that deploys: the script grants what the registered resources need, no privilege more and none less."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.program.recording import ROOT, Recording, run_program, stack_config

SCRIPT = (ROOT / "sql" / "bootstrap" / "deployer.sql").read_text()
GRANTED = re.findall(r"^grant (.+) on account to role retail_deployer;$", SCRIPT, re.MULTILINE)

ON_THE_ACCOUNT: Mapping[str, str] = {
    "database:Database": "create database",
    "warehouse:Warehouse": "create warehouse",
    "storageIntegrationAws:StorageIntegrationAws": "create integration",
    "notificationIntegration:NotificationIntegration": "create integration",
    "task:Task": "execute task, execute managed task",
    "alert:Alert": "execute alert",
}
"""What an object takes that is the account's, or acts in its owner's name later.

https://docs.snowflake.com/en/user-guide/security-access-control-privileges
"""

READ_BY_VIEWS: Mapping[str, str] = {
    **dict.fromkeys(("PIPE_USAGE_HISTORY(", "WAREHOUSE_METERING_HISTORY("), "monitor usage"),
}
"""What a view asks in its owner's name. https://docs.snowflake.com/en/sql-reference/functions/pipe_usage_history"""

BY_OWNERSHIP = frozenset(
    {
        *("schema:Schema", "databaseRole:DatabaseRole", "table:Table", "view:View", "dynamicTable:DynamicTable"),
        *("stageExternalS3:StageExternalS3", "fileFormatCsv:FileFormatCsv", "fileFormatJson:FileFormatJson"),
        # to set a tag takes to own it, or APPLY on it, and to own what it is set on
        *("tag:Tag", "tagAssociation:TagAssociation"),
        *("pipe:Pipe", "execute:Execute", "grantDatabaseRole:GrantDatabaseRole"),
        "grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole",
        "grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole",
    }
)
"""What the owner of the database, its managed schemas and the warehouses may do without a privilege more."""


@pytest.fixture(scope="module")
def everything() -> Recording:
    """The program of a stack that has every part but a resource monitor of its own."""
    parts = {"tags": '{"team": "lake"}', "notifications": "sns"}
    holders = {"readers": '["ANALYST"]', "operators": '["ONCALL"]'}
    return run_program(config=stack_config(ROOT, dataDir="", alertEmails='["oncall@example.com"]', **holders, **parts))


def of_snowflake(program: Recording) -> set[str]:
    return {r.type.removeprefix("snowflake:index/") for r in program.resources if r.type.startswith("snowflake:")}


def test_the_script_grants_on_the_account_exactly_what_the_registered_resources_need(everything: Recording):
    types = of_snowflake(everything)
    assert types <= ON_THE_ACCOUNT.keys() | BY_OWNERSHIP, "say which privilege the new type takes"
    needed = {ON_THE_ACCOUNT[token] for token in types & ON_THE_ACCOUNT.keys()}
    views = " ".join(view.inputs["statement"] for view in everything.of_type("snowflake:index/view:View"))
    needed |= {privilege for function, privilege in READ_BY_VIEWS.items() if function in views}
    assert sorted(GRANTED) == sorted(needed)


def test_the_script_says_a_reason_before_each_of_its_statements():
    paragraphs = SCRIPT.strip().split("\n\n")
    assert len(paragraphs) == len(re.findall(r";$", SCRIPT, re.MULTILINE))
    for paragraph in paragraphs:
        assert re.fullmatch(r"(-- .+\n)+[^-].+;", paragraph), paragraph


def test_what_the_deployer_owns_its_accounts_administrators_manage():
    assert "grant role retail_deployer to role sysadmin;" in SCRIPT
    assert "accountadmin" not in SCRIPT.lower()


def test_the_deployer_grants_nothing_that_takes_more_than_ownership(everything: Recording):
    """Future grants in a schema are its owner's to give where the schema manages access; elsewhere they take more."""
    managed = {
        schema.outputs["fullyQualifiedName"]
        for schema in everything.of_type("snowflake:index/schema:Schema")
        if schema.inputs["withManagedAccess"] == "true"
    }
    kind = "snowflake:index/grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole"
    targets = [grant.inputs.get("onSchemaObject", {}).get("future", {}) for grant in everything.of_type(kind)]
    assert {target["inSchema"] for target in targets if target} <= managed
    assert not any("inDatabase" in target for target in targets)
    uses = everything.of_type("snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole")
    made = {warehouse.inputs["name"] for warehouse in everything.of_type("snowflake:index/warehouse:Warehouse")}
    assert {use.inputs["onAccountObject"]["objectName"] for use in uses} <= made
    assert not any("onAccount" in use.inputs for use in uses)


def test_only_a_quota_of_its_own_takes_an_account_administrator(everything: Recording):
    monitor = "resourceMonitor:ResourceMonitor"
    assert monitor not in of_snowflake(everything)
    with_a_quota = run_program(config=stack_config(dataDir="", monthlyCreditQuota="20"))
    assert of_snowflake(with_a_quota) - of_snowflake(everything) == {monitor}
