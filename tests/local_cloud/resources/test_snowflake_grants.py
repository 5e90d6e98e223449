"""The statements of grants, held against those recorded from the real provider."""

from __future__ import annotations

from typing import Any

import pytest

from local_cloud.errors import ResourceError
from local_cloud.resources.snowflake_grants import grant_functions, grant_kinds
from local_cloud.snowflake_account.result import Column, Result

DR1, R1 = {"databaseRoleName": '"DB1"."DR1"'}, {"accountRoleName": "R1"}
TO_DATABASE_ROLE = "grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole"
TO_ACCOUNT_ROLE = "grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole"
OF_DATABASE_ROLE = "grantDatabaseRole:GrantDatabaseRole"

GRANTED = {
    "a database": (
        TO_DATABASE_ROLE,
        {**DR1, "privileges": ["USAGE"], "onDatabase": "DB1"},
        'GRANT USAGE ON DATABASE "DB1" TO DATABASE ROLE "DB1"."DR1"',
    ),
    "a schema": (
        TO_DATABASE_ROLE,
        {**DR1, "privileges": ["USAGE"], "onSchema": {"schemaName": '"DB1"."RAW"'}},
        'GRANT USAGE ON SCHEMA "DB1"."RAW" TO DATABASE ROLE "DB1"."DR1"',
    ),
    "an object": (
        TO_DATABASE_ROLE,
        {
            **DR1,
            "privileges": ["MONITOR", "OPERATE"],
            "onSchemaObject": {"objectType": "DYNAMIC TABLE", "objectName": '"DB1"."MART"."DT1"'},
        },
        'GRANT MONITOR, OPERATE ON DYNAMIC TABLE "DB1"."MART"."DT1" TO DATABASE ROLE "DB1"."DR1"',
    ),
    "objects to come": (
        TO_DATABASE_ROLE,
        {
            **DR1,
            "privileges": ["SELECT"],
            "onSchemaObject": {"future": {"objectTypePlural": "TABLES", "inSchema": '"DB1"."RAW"'}},
        },
        'GRANT SELECT ON FUTURE TABLES IN SCHEMA "DB1"."RAW" TO DATABASE ROLE "DB1"."DR1"',
    ),
    "a warehouse": (
        TO_ACCOUNT_ROLE,
        {
            **R1,
            "privileges": ["USAGE", "MONITOR"],
            "onAccountObject": {"objectType": "WAREHOUSE", "objectName": "WH1"},
        },
        'GRANT USAGE, MONITOR ON WAREHOUSE "WH1" TO ROLE "R1"',
    ),
    "the account": (
        TO_ACCOUNT_ROLE,
        {**R1, "privileges": ["EXECUTE TASK"], "onAccount": True},
        'GRANT EXECUTE TASK ON ACCOUNT TO ROLE "R1"',
    ),
    "a database role": (
        OF_DATABASE_ROLE,
        {**DR1, "parentRoleName": "R1"},
        'GRANT DATABASE ROLE "DB1"."DR1" TO ROLE "R1"',
    ),
}


class Door:
    """Remembers the statements, and answers all of them alike."""

    def __init__(self, answer: Result | None = None) -> None:
        self.statements: list[str] = []
        self._answer = answer or Result([], [])

    def execute(self, sql: str, /) -> Result:
        self.statements.append(sql)
        return self._answer


@pytest.mark.parametrize(("token", "inputs", "statement"), GRANTED.values(), ids=GRANTED)
def test_a_grant_is_given_with_the_statement_of_the_real_provider_and_taken_back_by_its_counterpart(
    token: str, inputs: dict[str, Any], statement: str
) -> None:
    door = Door()
    kind = grant_kinds(door)[token]
    assert kind.inputs >= inputs.keys()
    id_, outputs = kind.create(inputs)
    kind.delete(id_, {**inputs, **outputs})
    what, _, to = statement.removeprefix("GRANT ").rpartition(" TO ")
    assert door.statements == [statement, f"REVOKE {what} FROM {to}"]


def test_no_two_grants_have_the_same_id() -> None:
    ids = {grant_kinds(Door())[token].create(inputs)[0] for token, inputs, _ in GRANTED.values()}
    assert len(ids) == len(GRANTED)


@pytest.mark.parametrize(
    "target",
    [{"all": {"objectTypePlural": "TABLES"}}, {"future": {"objectTypePlural": "TABLES", "inDatabase": "DB1"}}],
    ids=["all", "in a database"],
)
def test_a_grant_of_another_reach_is_refused_by_its_word(target: dict[str, Any]) -> None:
    kind = grant_kinds(Door())[TO_DATABASE_ROLE]
    with pytest.raises(ResourceError, match=r"does not know (all|inDatabase) of a grant"):
        kind.create({**DR1, "privileges": ["SELECT"], "onSchemaObject": target})


def test_account_roles_are_those_that_show_roles_lists() -> None:
    door = Door(Result([Column("name"), Column("comment")], [("R1", ""), ("RX1", "another")]))
    answer = grant_functions(door)["snowflake:index/getAccountRoles:getAccountRoles"]({"like": "R_1"})
    assert door.statements == ["SHOW ROLES LIKE 'R_1'"]
    assert [role["showOutputs"][0]["name"] for role in answer["accountRoles"]] == ["R1", "RX1"]
