"""Dropped behind the program's back: what a deployment then does brings every purchase back.

Which resources the engine creates and replaces is tests/program/test_drift.py's; here they are, on the account.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra import feeds
from infra.pipe_watch import is_gone, renewals
from local_cloud.resources import Registry
from local_cloud.snowflake_account.errors import AlreadyExistsError
from local_cloud.snowpipe.loader import PipesFailedError
from tests.pipeline.deployed import Pipeline, deployed, purchase

FEEDS = tuple(feed.name for feed in feeds.FEEDS)


def renewed(feed: str) -> set[str]:
    return {f"{feed}-pipe", f"{feed}-refresh", f"operator-{feed}-pipe"}


def carry_out(pipeline: Pipeline, replaced: Collection[str], created: Collection[str]) -> None:
    """Do what the engine would do with these resources of the stack."""
    registry = Registry(pipeline.accounts.aws, pipeline.accounts.snowflake)
    resources = [resource for resource in pipeline.stack.resources if resource.custom]
    for resource in reversed([each for each in resources if each.name in replaced]):
        registry.delete(resource.type, resource.id, resource.outputs)
    for resource in resources:
        if resource.name in {*replaced, *created}:
            registry.create(resource.type, resource.inputs)


OUTSIDE = {"warehouse", "readers-warehouse", "storage-integration"}
"""Snowflake's objects of the stack that stand in no database."""


@dataclass(frozen=True)
class Loss:
    """Something that is dropped, what becomes of which resource, and what a refresh of the stack reads of it.

    Attributes:
        dropped: what is dropped.
        replaced: the resources that are replaced.
        created: those that are made again; None is every one in the database.
        read: whether the pipe of transactions is gone, and how many times it is to have been made anew.
    """

    dropped: str
    replaced: frozenset[str]
    created: frozenset[str] | None
    read: tuple[bool, int]


def read_of_the_pipe(pipeline: Pipeline) -> tuple[bool, int]:
    """What the program understands of what a refresh of the stack reads beside the pipe of transactions."""
    (state,) = (each for each in pipeline.stack.resources if each.name == "transactions-pipe-before")
    registry = Registry(pipeline.accounts.aws, pipeline.accounts.snowflake)
    _, outputs = registry.create(state.type, state.inputs)
    return is_gone(outputs["queryResults"]), renewals(outputs["queryResults"])


PIPE, ALL_PIPES = frozenset(renewed("transactions")), frozenset[str]().union(*map(renewed, FEEDS))
LOSSES = {
    "pipe": Loss("pipe RAW.TRANSACTIONS", frozenset({"transactions-refresh"}), PIPE, (True, 0)),
    "stage": Loss("stage RAW.LANDING", ALL_PIPES, frozenset({"landing-stage"}), (False, 1)),
    "table": Loss("table RAW.TRANSACTIONS", PIPE, frozenset({"transactions-raw"}), (False, 1)),
    "database": Loss("database RETAIL_DEV", frozenset(), None, (True, 0)),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_what_was_dropped_comes_back_with_every_purchase(tmp_path: Path, loss: Loss) -> None:
    with deployed(tmp_path) as pipeline:
        pipeline.put("transactions/before.json", purchase("C1", "P1"))
        pipeline.load()
        assert read_of_the_pipe(pipeline) == (False, 0)
        pipeline.rows(f"drop {loss.dropped}")
        assert read_of_the_pipe(pipeline) == loss.read
        pipeline.put("transactions/meanwhile.json", purchase("C2", "P1", "P1"))
        with contextlib.suppress(PipesFailedError):  # without its table
            pipeline.load()
        here = [r.name for r in pipeline.stack.resources if r.type.startswith("snowflake:")]
        carry_out(pipeline, loss.replaced, set(here) - OUTSIDE if loss.created is None else loss.created)
        pipeline.load()
        pipeline.accounts.snowflake.refresh_dynamic_tables()
        bought = pipeline.rows(
            "select customer_id, sum(purchase_count) from MART.CUSTOMER_PURCHASES group by 1 order by 1"
        )
        assert bought == [("C1", 1), ("C2", 2)]
        assert pipeline.rows("select * from OPS.FINDINGS") == []


def test_a_role_that_was_deleted_shows_in_every_pipe_and_comes_back_with_what_landed_meanwhile(tmp_path: Path) -> None:
    with deployed(tmp_path) as pipeline:
        iam = pipeline.accounts.aws.client("iam")
        (role,) = [each for each in pipeline.stack.resources if each.type == "aws:iam/role:Role"]
        (policy,) = [each for each in pipeline.stack.resources if each.type == "aws:iam/rolePolicy:RolePolicy"]
        iam.delete_role_policy(RoleName=role.inputs["name"], PolicyName=policy.inputs["name"])
        iam.delete_role(RoleName=role.inputs["name"])
        pipeline.put("transactions/meanwhile.json", purchase("C2", "P1", "P1"))
        with pytest.raises(PipesFailedError, match="Error assuming AWS_ROLE"):
            pipeline.load()
        found = pipeline.rows("select object, problem, detail, remedy from OPS.FINDINGS order by object")
        assert [(name, problem, remedy) for name, problem, _, remedy in found] == [
            (f"RETAIL_DEV.RAW.{feed.upper()}", "stopped", "pulumi up --refresh") for feed in sorted(FEEDS)
        ]
        assert all("Error assuming AWS_ROLE" in detail for _, _, detail, _ in found)
        carry_out(pipeline, (), {role.name, policy.name})
        pipeline.load()
        pipeline.accounts.snowflake.refresh_dynamic_tables()
        assert pipeline.rows("select customer_id, purchase_count from MART.CUSTOMER_PURCHASES") == [("C2", 2)]
        assert pipeline.rows("select * from OPS.FINDINGS") == []


def test_what_was_made_and_not_noted_is_named_by_the_next_deployment_and_made_once_it_was_dropped(
    tmp_path: Path,
) -> None:
    """A killed deployment leaves such objects; its state does not have them, so the engine creates them again."""
    with deployed(tmp_path) as pipeline:
        registry = Registry(pipeline.accounts.aws, pipeline.accounts.snowflake)
        for name in ("transactions-pipe", "ops-findings", "load-history"):
            (noted,) = [resource for resource in pipeline.stack.resources if resource.name == name]
            full = noted.outputs["fullyQualifiedName"]
            with pytest.raises(AlreadyExistsError, match=f"{full.replace(chr(34), '')}' already exists"):
                registry.create(noted.type, noted.inputs)
            pipeline.rows(f"drop {noted.type.rpartition(':')[2]} {full}")
            assert registry.create(noted.type, noted.inputs)[1]["fullyQualifiedName"] == full
