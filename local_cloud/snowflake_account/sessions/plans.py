"""EXPLAIN: the plan that DuckDB has for a statement, in the columns that Snowflake answers with.

https://docs.snowflake.com/en/sql-reference/sql/explain
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from local_cloud.snowflake_account.result import Column, Result, rows_of

_COLUMNS = (
    "step:FIXED id:FIXED parentOperators operation objects alias expressions partitionsTotal:FIXED "
    "partitionsAssigned:FIXED bytesAssigned:FIXED"
)

_OPERATIONS = {
    "SEQ_SCAN": "TableScan",
    "PYTHON_ARROW_SCAN": "ExternalScan",
    "COLUMN_DATA_SCAN": "ValuesClause",
    "DUMMY_SCAN": "Generator",
    "FILTER": "Filter",
    "PROJECTION": "Projection",
    "HASH_GROUP_BY": "Aggregate",
    "PERFECT_HASH_GROUP_BY": "Aggregate",
    "UNGROUPED_AGGREGATE": "Aggregate",
    "HASH_JOIN": "Join",
    "NESTED_LOOP_JOIN": "Join",
    "PIECEWISE_MERGE_JOIN": "Join",
    "CROSS_PRODUCT": "CartesianJoin",
    "ORDER_BY": "Sort",
    "TOP_N": "SortWithLimit",
    "LIMIT": "Limit",
    "STREAMING_LIMIT": "Limit",
    "UNION": "UnionAll",
    "WINDOW": "WindowFunction",
    "STREAMING_WINDOW": "WindowFunction",
    "UNNEST": "Flatten",
    **dict.fromkeys(("INSERT", "BATCH_INSERT"), "Insert"),
    "UPDATE": "Update",
    "DELETE": "Delete",
    "MERGE_INTO": "Merge",
}
"""DuckDB's operators in Snowflake's words; another one keeps its name."""

_OWN = "__internal_"
"""What the functions are called by which DuckDB packs values for itself."""

_UNSAID = ("Estimated Cardinality", "Type", "Table")


@dataclass
class Step:
    """An operator of a plan.

    Attributes:
        id: its number, from 0.
        parent: that of the operator that it gives its rows to, None for the last.
        operation: what it is.
        table: the table that it reads.
        expressions: what it computes.
    """

    id: int
    parent: int | None
    operation: str
    table: str = ""
    expressions: list[str] = field(default_factory=list)


def explained(plan: str, form: str) -> Result:
    """Return a plan as EXPLAIN answers it.

    Args:
        plan: DuckDB's, as JSON.
        form: TABULAR, JSON or TEXT.
    """
    steps = [Step(0, None, "Result"), *_steps(json.loads(plan), 0, iter(range(1, 10**6)))]
    if form == "TABULAR":
        total = (None, None, None, "GlobalStats", None, None, None, 0, 0, 0)
        return rows_of(_COLUMNS.split(), [total, *map(_row, steps)])
    if form == "JSON":
        operations = [_operation(step) for step in steps]
        statistics = {"partitionsTotal": 0, "partitionsAssigned": 0, "bytesAssigned": 0}
        text = json.dumps({"GlobalStats": statistics, "Operations": [operations]})
    else:
        text = "\n".join(["GlobalStats:", "Operations:", *map(_line, steps)])
    return Result([Column("content")], [(text,)])


def _steps(nodes: list[dict[str, Any]], parent: int, numbers: Iterator[int]) -> Iterator[Step]:
    for node in nodes:
        info = node.get("extra_info", {})
        told = [text for key, value in info.items() if key not in _UNSAID for text in _texts(value)]
        name = str(node["name"]).strip()
        children = node.get("children", [])
        if any(_OWN in text for text in told):
            yield from _steps(children, parent, numbers)
            continue
        step = Step(next(numbers), parent, _OPERATIONS.get(name, name), str(info.get("Table", "")), told)
        yield step
        yield from _steps(children, step.id, numbers)


def _operation(step: Step) -> dict[str, Any]:
    """Return an operator as the JSON has it, without what there is nothing to say of."""
    said = {
        "id": step.id,
        "parentOperators": None if step.parent is None else [step.parent],
        "operation": step.operation,
        "objects": [step.table] if step.table else None,
        "expressions": step.expressions or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _texts(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _row(step: Step) -> tuple[Any, ...]:
    parent = None if step.parent is None else f"[{step.parent}]"
    expressions = ", ".join(step.expressions) or None
    return (1, step.id, parent, step.operation, step.table or None, None, expressions, None, None, None)


def _line(step: Step) -> str:
    parent = "" if step.parent is None else f"->{step.parent}"
    words = [step.operation, step.table, ", ".join(step.expressions)]
    return f"1:{step.id} {parent} {'  '.join(word for word in words if word)}"
