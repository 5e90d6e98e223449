"""Whether what landed is what the view counts: files against history, history against RAW, CORE against MART."""

# ruff: noqa: S608 - what is put into these statements are names of the program's own resources

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_cloud.deployed_stack import DeployedStack
from local_cloud.landing import Feed, landed_keys
from local_cloud.resources.snowflake import SnowflakeDoor

_HISTORY = "start_time => dateadd(day, -14, current_timestamp())"
_MODELS = {"snowflake:index/dynamicTable:DynamicTable": "dynamic table", "snowflake:index/view:View": "view"}

FIRST_ROWS = 10


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
        loaded: of these, files that were loaded.
        rejected: of these, files that were refused.
        unheard: keys that landed and that no pipe has seen.
        parsed: rows that the load history says were loaded.
        rows: rows in its raw table.
    """

    name: str
    landed: int
    loaded: int
    rejected: tuple[Rejection, ...]
    unheard: tuple[str, ...]
    parsed: int
    rows: int


@dataclass(frozen=True)
class ModelCount:
    """A model and its number of rows."""

    name: str
    kind: str
    rows: int


@dataclass(frozen=True)
class Reconciliation:
    """The whole account.

    Attributes:
        feeds: by feed.
        models: by dynamic table and view.
        purchases: rows of CORE.PURCHASES.
        counted: sum of the requested view's PURCHASE_COUNT.
        columns: the requested view's columns.
        first_rows: its first rows.
        view_rows: its number of rows.
    """

    feeds: tuple[FeedCount, ...]
    models: tuple[ModelCount, ...]
    purchases: int
    counted: int
    columns: tuple[str, ...]
    first_rows: tuple[tuple[Any, ...], ...]
    view_rows: int

    @property
    def differences(self) -> list[str]:
        """What does not add up, a line each; empty when all is well."""
        found = []
        for feed in self.feeds:
            found += [f"{rejection.file} was rejected" for rejection in feed.rejected]
            found += [f"{key} landed and was never loaded" for key in feed.unheard]
            if feed.parsed != feed.rows:
                found.append(f"RAW.{feed.name.upper()} has {feed.rows:,} rows, and {feed.parsed:,} were loaded into it")
        if self.purchases != self.counted:
            found.append(f"the view counts {self.counted:,} purchases, and CORE.PURCHASES has {self.purchases:,}")
        return found


def reconcile(stack: DeployedStack, account: SnowflakeDoor, s3: Any, feeds: Sequence[Feed]) -> Reconciliation:
    """Count what landed, what was loaded and what the models say."""
    database, view, bucket = (stack.outputs[name] for name in ("database", "view", "bucket"))
    order = f"order by PURCHASE_COUNT desc, CUSTOMER_ID, PRODUCT_ID limit {FIRST_ROWS}"
    first = account.execute(f"select * from {view} {order}")
    models = tuple(_model_counts(stack, account))
    rows = {model.name: model.rows for model in models}
    return Reconciliation(
        feeds=tuple(_feed_count(database, feed, account, landed_keys(s3, bucket, f"{feed.name}/")) for feed in feeds),
        models=models,
        purchases=rows.get("CORE.PURCHASES", 0),
        counted=int(_single(account, f"select sum(PURCHASE_COUNT) from {view}") or 0),
        columns=tuple(column.name for column in first.columns),
        first_rows=tuple(first.rows),
        view_rows=rows.get(view.partition(".")[2], 0),
    )


def _single(account: SnowflakeDoor, statement: str) -> Any:
    return account.execute(statement).rows[0][0]


def _model_counts(stack: DeployedStack, account: SnowflakeDoor) -> list[ModelCount]:
    found = []
    for resource in stack.resources:
        if kind := _MODELS.get(resource.type):
            name = f"{resource.outputs['schema']}.{resource.outputs['name']}"
            rows = _single(account, f"select count(*) from {resource.outputs['fullyQualifiedName']}")
            found.append(ModelCount(name, kind, int(rows)))
    return found


def _feed_count(database: str, feed: Feed, account: SnowflakeDoor, keys: Sequence[str]) -> FeedCount:
    table = f"{database}.RAW.{feed.name.upper()}"
    source = f"table({database}.information_schema.copy_history(table_name => '{table}', {_HISTORY}))"
    answer = account.execute(f"select * from {source} order by LAST_LOAD_TIME")
    names = [column.name for column in answer.columns]
    attempts = [dict(zip(names, row, strict=True)) for row in answer.rows]
    by_file = {_key(attempt): attempt for attempt in attempts}
    loaded = {name for name, attempt in by_file.items() if attempt["STATUS"].lower() == "loaded"}
    rejected = tuple(_rejection(attempt) for name, attempt in sorted(by_file.items()) if name not in loaded)
    return FeedCount(
        name=feed.name,
        landed=len(keys),
        loaded=len(loaded),
        rejected=rejected,
        unheard=tuple(key for key in keys if key not in by_file),
        parsed=sum(int(attempt["ROW_COUNT"] or 0) for attempt in attempts),
        rows=int(_single(account, f"select count(*) from {table}")),
    )


def _rejection(attempt: dict[str, Any]) -> Rejection:
    line = attempt["FIRST_ERROR_LINE_NUMBER"]
    error = attempt["FIRST_ERROR_MESSAGE"] or attempt["STATUS"]
    return Rejection(_key(attempt), str(error), None if line is None else int(line))


def _key(attempt: dict[str, Any]) -> str:
    """The file's key: the history has the location that the copy names, and the file's path from there."""
    _, _, path = attempt["STAGE_LOCATION"].removeprefix("s3://").partition("/")
    return path + attempt["FILE_NAME"]
