"""What an ``up`` left, in the numbers that its report shows."""

# ruff: noqa: S608 - what is put into these statements are names of the program's own resources

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_cloud.program.deployed_stack import DeployedStack
from local_cloud.reconciliation.checks import Check, Reconciliation, all_differences
from local_cloud.reconciliation.deployed_feeds import RECONCILED_BY
from local_cloud.reconciliation.feed_files import FeedFiles
from local_cloud.snowflake_account.data.load_history import LoadRecord
from local_cloud.sql_door import SqlDoor

_TABLES = {"snowflake:index/table:Table": "table"}
_KINDS = {"snowflake:index/dynamicTable:DynamicTable": "dynamic table", "snowflake:index/view:View": "view"}
_SCHEMAS = ("CORE", "MART")
_VIEW, _FULL, _LOADED = "snowflake:index/view:View", "fullyQualifiedName", "Loaded"

FIRST_ROWS = 10

NOTHING_LANDED = "no file has landed, so nothing is proved: name a data folder with --data, or in the stack's dataDir"


@dataclass(frozen=True)
class Rejection:
    """A file that was not, or not wholly, loaded."""

    file: str
    error: str
    line: int | None


@dataclass(frozen=True)
class FeedCount:
    """What came of one feed.

    Attributes:
        name: the feed's name.
        landed: files in the bucket.
        loaded: files that were loaded.
        rejected: files that were refused, and that no corrected file stands for.
        rows: rows in its raw table.
    """

    name: str
    landed: int
    loaded: int
    rejected: tuple[Rejection, ...]
    rows: int


@dataclass(frozen=True)
class ModelCount:
    """A model and its number of rows."""

    name: str
    kind: str
    rows: int


@dataclass(frozen=True)
class Summary:
    """What is there.

    Attributes:
        feeds: by feed; none of a program whose counts nothing proves, which has no requested view either.
        models: by dynamic table of CORE and view of MART.
        columns: the requested view's columns.
        first_rows: its first rows.
        view_rows: its number of rows.
        checks: what was proved, and where it does not agree.
    """

    feeds: tuple[FeedCount, ...]
    models: tuple[ModelCount, ...]
    columns: tuple[str, ...]
    first_rows: tuple[tuple[Any, ...], ...]
    view_rows: int
    checks: tuple[Check, ...]

    @property
    def differences(self) -> list[str]:
        """What does not agree, a line each; empty when all is well, which nothing is where no file has landed."""
        nothing = [NOTHING_LANDED] if self.feeds and not any(feed.landed for feed in self.feeds) else []
        return nothing + all_differences(self.checks)

    @property
    def rejected(self) -> list[Rejection]:
        """The files that were not loaded, of all feeds."""
        return [rejection for feed in self.feeds for rejection in feed.rejected]


def is_reconciled(stack: DeployedStack) -> bool:
    """Tell whether a stack has what proves its counts: the view, and outputs that say where it is."""
    views = {(r.outputs.get("schema"), r.outputs.get("name")) for r in stack.resources if r.type == _VIEW}
    return RECONCILED_BY in views and stack.outputs.keys() >= {"bucket", "database", "view"}


def summarize_any(stack: DeployedStack, account: SqlDoor, files: Sequence[LoadRecord]) -> Summary:
    """Count the tables and views of any program, and name the files that its pipes rejected."""
    kinds = _TABLES | _KINDS
    relations = [resource for resource in stack.resources if resource.type in kinds]
    wrong = [f"{file.file_name} was rejected: {file.first_error_message}" for file in files if file.status != _LOADED]
    return Summary(
        feeds=(),
        models=tuple(
            ModelCount(f"{r.outputs['schema']}.{r.outputs['name']}", kinds[r.type], _count(account, r.outputs[_FULL]))
            for r in relations
        ),
        columns=(),
        first_rows=(),
        view_rows=0,
        checks=(Check("every file that a pipe heard of is loaded", len(files), tuple(wrong)),),
    )


def summarize(stack: DeployedStack, account: SqlDoor, found: Reconciliation) -> Summary:
    """Count what landed, what was loaded and what the models hold."""
    database, view = stack.outputs["database"], stack.outputs["view"]
    order = f"order by PURCHASE_COUNT desc, CUSTOMER_ID, PRODUCT_ID limit {FIRST_ROWS}"
    first = account.execute(f"select * from {view} {order}")
    models = tuple(_model_counts(stack, account))
    return Summary(
        feeds=tuple(_feed_count(database, feed, account, files) for feed, files in found.files.items()),
        models=models,
        columns=tuple(column.name for column in first.columns),
        first_rows=tuple(first.rows),
        view_rows=next((model.rows for model in models if view.endswith(f".{model.name}")), 0),
        checks=found.checks,
    )


def _count(account: SqlDoor, relation: str) -> int:
    return int(account.execute(f"select count(*) from {relation}").rows[0][0])


def _model_counts(stack: DeployedStack, account: SqlDoor) -> list[ModelCount]:
    models = [resource for resource in stack.resources if resource.type in _KINDS]
    return [
        ModelCount(
            f"{model.outputs['schema']}.{model.outputs['name']}",
            _KINDS[model.type],
            _count(account, model.outputs["fullyQualifiedName"]),
        )
        for model in models
        if model.outputs["schema"] in _SCHEMAS
    ]


def _feed_count(database: str, feed: str, account: SqlDoor, files: FeedFiles) -> FeedCount:
    return FeedCount(
        name=feed,
        landed=len(files.landed),
        loaded=files.loaded,
        rejected=tuple(_rejection(file, files.attempts[file]) for file in files.rejected),
        rows=_count(account, f"{database}.RAW.{feed.upper()}"),
    )


def _rejection(file: str, attempt: Mapping[str, Any]) -> Rejection:
    line = attempt["FIRST_ERROR_LINE"]
    return Rejection(file, str(attempt["FIRST_ERROR"] or attempt["STATUS"]), None if line is None else int(line))
