"""Who gets what: the database roles' privileges, their holders, and what is protected."""

from __future__ import annotations

import pytest
import yaml

import tests.program.recording
from infra import feeds as infra_feeds
from infra.errors import SettingsError
from tests.program.recording import ROOT, Recording, Resource, run_program, stack_config

ON_DATABASE_ROLES = "snowflake:index/grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole"
ON_ACCOUNT_ROLES = "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole"
TO_ROLES = "snowflake:index/grantDatabaseRole:GrantDatabaseRole"
ROLE = '"RETAIL_DEV"."{}"'

SINGLE = {
    "snowflake:index/view:View": ("VIEW", {"SELECT"}),
    "snowflake:index/table:Table": ("TABLE", {"SELECT"}),
    "snowflake:index/stageExternalS3:StageExternalS3": ("STAGE", {"USAGE"}),
    "snowflake:index/pipe:Pipe": ("PIPE", {"MONITOR", "OPERATE"}),
    "snowflake:index/dynamicTable:DynamicTable": ("DYNAMIC TABLE", {"MONITOR", "OPERATE"}),
}


@pytest.fixture(scope="module")
def held() -> Recording:
    """The program of a stack with a reader and an operator."""
    return run_program(config=stack_config(dataDir="", readers='["ANALYST"]', operators='["ONCALL"]'))


def grants(program: Recording, role: str) -> list[Resource]:
    """Return the grants to a database role."""
    return [g for g in program.of_type(ON_DATABASE_ROLES) if g.inputs["databaseRoleName"] == ROLE.format(role)]


def on(grant: Resource) -> str:
    """Return what a grant is on, in one line."""
    given = grant.inputs
    if "onDatabase" in given:
        return f"DATABASE {given['onDatabase']}"
    if "onSchema" in given:
        return f"SCHEMA {given['onSchema']['schemaName']}"
    target = given["onSchemaObject"]
    if "future" in target:
        return f"FUTURE {target['future']['objectTypePlural']} IN {target['future']['inSchema']}"
    return f"{target['objectType']} {target['objectName']}"


def test_a_reader_gets_the_views_of_mart_those_to_come_and_nothing_else(program: Recording):
    views = [view.outputs["fullyQualifiedName"] for view in program.of_type("snowflake:index/view:View")]
    asked = [f"VIEW {view}" for view in views if '"MART"' in view]
    assert {on(grant): grant.inputs["privileges"] for grant in grants(program, "READER")} == {
        "DATABASE RETAIL_DEV": ["USAGE"],
        'SCHEMA "RETAIL_DEV"."MART"': ["USAGE"],
        'FUTURE VIEWS IN "RETAIL_DEV"."MART"': ["SELECT"],
        **{view: ["SELECT"] for view in asked},
    }
    assert 'VIEW "RETAIL_DEV"."MART"."CUSTOMER_PURCHASES"' in asked


def test_an_operator_sees_how_the_loading_goes_and_may_change_nothing(program: Recording):
    given = {on(grant): set(grant.inputs["privileges"]) for grant in grants(program, "OPERATOR")}
    future = {name: privileges for name, privileges in given.items() if name.startswith("FUTURE")}
    assert future == {
        'FUTURE VIEWS IN "RETAIL_DEV"."OPS"': {"SELECT"},
        'FUTURE TABLES IN "RETAIL_DEV"."OPS"': {"SELECT"},
        'FUTURE TABLES IN "RETAIL_DEV"."RAW"': {"SELECT"},
        'FUTURE STAGES IN "RETAIL_DEV"."RAW"': {"USAGE"},
        'FUTURE PIPES IN "RETAIL_DEV"."RAW"': {"MONITOR", "OPERATE"},
        'FUTURE DYNAMIC TABLES IN "RETAIL_DEV"."CORE"': {"MONITOR", "OPERATE"},
    }
    assert set.union(*given.values()) == {"USAGE", "SELECT", "MONITOR", "OPERATE"}


def test_every_object_is_granted_on_as_its_kind_is_to_come(program: Recording):
    """A stack that exists already has objects that no future grant reaches."""
    single = {on(g): set(g.inputs["privileges"]) for role in ("READER", "OPERATOR") for g in grants(program, role)}
    for resource in program.resources:
        if resource.type in SINGLE and resource.inputs["schema"] in {"RAW", "CORE", "MART", "OPS"}:
            kind, privileges = SINGLE[resource.type]
            assert single[f"{kind} {resource.outputs['fullyQualifiedName']}"] == privileges, resource.name


def test_nothing_is_granted_on_all_objects_of_a_kind_with_grant_option_or_again_and_again(held: Recording):
    for grant in [*held.of_type(ON_DATABASE_ROLES), *held.of_type(ON_ACCOUNT_ROLES)]:
        assert not grant.inputs.keys() & {"allPrivileges", "alwaysApply", "withGrantOption"}, grant.name
        assert "all" not in grant.inputs.get("onSchemaObject", {}), grant.name


def test_a_grant_that_changes_is_taken_back_before_it_is_given_anew(held: Recording):
    """The other way round, GRANT and REVOKE of the same thing end with the privilege gone."""
    given = [resource for resource in held.resources if resource.type.split(":")[-1].startswith("Grant")]
    assert len(given) > 35
    assert [grant.name for grant in given if not grant.options["delete_before_replace"]] == []


def test_a_grant_takes_its_role_and_its_object_from_the_resources(program: Recording):
    for role in ("READER", "OPERATOR"):
        for grant in grants(program, role):
            edges = grant.property_dependencies
            assert edges["databaseRoleName"] == {f"{role.lower()}-role"}, grant.name
            assert edges.get("onDatabase") or edges.get("onSchema") or edges["onSchemaObject"], grant.name


def test_only_schemas_grant_on_what_is_in_them(program: Recording):
    assert {schema.inputs["withManagedAccess"] for schema in program.of_type("snowflake:index/schema:Schema")} == {
        "true"
    }


# ---------------------------------------------------------------------------------------------------- holders


def test_no_database_role_is_granted_to_another(held: Recording):
    """What SHOW GRANTS calls the one that has it differs between accounts, and a refresh would not find the grant."""
    assert {"parentRoleName", "databaseRoleName"} == {key for grant in held.of_type(TO_ROLES) for key in grant.inputs}


def test_without_holders_there_is_no_readers_warehouse_and_nobody_is_given_a_role(program: Recording):
    assert "readers-warehouse" not in program.names
    assert program.of_type(TO_ROLES) == []
    assert program.of_type(ON_ACCOUNT_ROLES) == []


def test_readers_get_one_database_role_operators_both_and_all_of_them_one_warehouse(held: Recording):
    given = {(grant.inputs["databaseRoleName"], grant.inputs["parentRoleName"]) for grant in held.of_type(TO_ROLES)}
    assert given == {
        (ROLE.format("READER"), "ANALYST"),
        (ROLE.format("READER"), "ONCALL"),
        (ROLE.format("OPERATOR"), "ONCALL"),
    }
    uses = {
        grant.inputs["accountRoleName"]: (grant.inputs["privileges"], grant.inputs["onAccountObject"])
        for grant in held.of_type(ON_ACCOUNT_ROLES)
    }
    theirs = ["USAGE"], {"objectType": "WAREHOUSE", "objectName": "RETAIL_DEV_READERS"}
    assert uses == {"ANALYST": theirs, "ONCALL": theirs}


def test_the_readers_warehouse_is_its_own_and_as_large_and_limited_as_config_says():
    config = stack_config(
        dataDir="",
        readers='["ANALYST"]',
        readersWarehouseSize="LARGE",
        readersResourceMonitor="LIMIT",
        resourceMonitor="OTHER",
    )
    program = run_program(config=config)
    readers, refreshing = program["readers-warehouse"].inputs, program["warehouse"].inputs
    assert (readers["name"], readers["warehouseSize"], readers["resourceMonitor"]) == (
        "RETAIL_DEV_READERS",
        "LARGE",
        "LIMIT",
    )
    assert (refreshing["warehouseSize"], refreshing["resourceMonitor"]) == ("XSMALL", "OTHER")
    assert (readers["autoSuspend"], readers["initiallySuspended"]) == (60, True)
    assert "resource-monitor" not in program.names


def test_the_readers_warehouse_cancels_what_takes_long_and_accelerates_what_config_says(held: Recording):
    usual = held["readers-warehouse"].inputs
    assert (usual["statementTimeoutInSeconds"], usual["statementQueuedTimeoutInSeconds"]) == (1_800, 300)
    assert (usual["generation"], usual["enableQueryAcceleration"]) == ("1", "false")
    assert "queryAccelerationMaxScaleFactor" not in usual
    config = stack_config(
        dataDir="",
        readers='["ANALYST"]',
        readersWarehouseTimeout="2 minutes",
        readersQueryAcceleration="4",
        warehouseGeneration="2",
    )
    program = run_program(config=config)
    theirs = program["readers-warehouse"].inputs
    assert (theirs["statementTimeoutInSeconds"], theirs["generation"]) == (120, "2")
    assert (theirs["enableQueryAcceleration"], theirs["queryAccelerationMaxScaleFactor"]) == ("true", 4)
    assert program["warehouse"].inputs["enableQueryAcceleration"] == "false"  # a refresh cannot use it


def test_a_role_that_is_not_there_is_refused_before_anything_is_made():
    recording = Recording()
    config = stack_config(dataDir="", readers='["ANALYST", "TYPO"]', operators='["ONCALL_2"]')
    with pytest.raises(SettingsError, match=r"name TYPO, ONCALL_2, and the account has no such role; .*ROLE TYPO"):
        run_program(config=config, recording=recording)
    assert recording.resources == []


def test_roles_are_granted_to_unseen_where_the_deployer_is_shown_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tests.program.recording, "ROLES_OF_THE_ACCOUNT", ("PUBLIC", "RETAIL_DEPLOYER"))
    program = run_program(config=stack_config(dataDir="", operators='["ONCALL"]'))
    assert {"operator-to-oncall", "reader-to-oncall"} <= program.names


# ------------------------------------------------------------------------------------------------- protection


def test_a_prod_stack_protects_what_holds_data_and_keeps_every_file():
    program = run_program(stack="prod", config=stack_config(stack="prod"))
    protected = {resource.name for resource in program.resources if resource.options["protect"]}
    assert protected == {
        *("landing", "storage-integration", "database", "load-history"),
        *(f"{feed.name}-raw" for feed in infra_feeds.FEEDS),
    }
    assert program["landing"].inputs["forceDestroy"] is False


def test_a_dev_stack_may_go_with_all_it_has(program: Recording):
    assert [resource.name for resource in program.resources if resource.options["protect"]] == []
    assert "protect" not in yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
