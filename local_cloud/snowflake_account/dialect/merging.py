"""MERGE, by DuckDB's own MERGE: what Snowflake has otherwise is changed in the statement before. Pure.

fakesnow makes several statements of a MERGE, in which a column without its table's name means more than one.
https://docs.snowflake.com/en/sql-reference/sql/merge
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError, UnsupportedError
from local_cloud.snowflake_account.result import Column, Result

_ACTION = "merge_action"
_TARGET_ROW = "_TARGET_ROW"
_COUNTED = {"INSERT": "inserted", "UPDATE": "updated", "DELETE": "deleted"}
"""DuckDB's words for what was done with a row, in the order of the answer's columns, and Snowflake's."""


class DuplicateRowError(SnowflakeError):
    """Several source rows would change the same target row, so the outcome depends on which comes last."""

    code, sqlstate = 100090, "42P18"

    def __init__(self) -> None:
        super().__init__("Duplicate row detected during DML action")


def merge_error(error: Exception) -> Exception:
    """Return Snowflake's error where DuckDB refuses a second change of a row, else the error itself."""
    is_second = isinstance(error, duckdb.InvalidInputException) and "same target row more than once" in str(error)
    return DuplicateRowError() if is_second else error


def check_merge(merge: exp.Merge) -> None:
    """Refuse what DuckDB or another database has in a MERGE and Snowflake has not.

    Raises:
        SqlSyntaxError: a clause is not Snowflake's.
        UnsupportedError: what is merged into or from is not had here.
    """
    if not isinstance(merge.this, exp.Table) or not isinstance(merge.this.this, exp.Identifier):
        raise UnsupportedError("MERGE INTO anything but a table")
    for part in ("with_", "returning", "using_cond"):
        if merge.args.get(part):
            raise SqlSyntaxError(f"unexpected '{part.strip('_').split('_')[0].upper()}' in MERGE.")
    for when in _whens(merge):
        if when.args.get("source"):
            raise SqlSyntaxError("unexpected 'BY SOURCE' in MERGE.")
        if not _is_snowflakes(when):
            raise SqlSyntaxError(f"unexpected '{when.sql('snowflake')}' in MERGE.")


def _is_snowflakes(when: exp.When) -> bool:
    """Tell whether a clause is UPDATE SET … or DELETE of what matched, or INSERT […] VALUES … of what did not."""
    then, matched = when.args["then"], bool(when.args.get("matched"))
    if isinstance(then, exp.Update):
        assignments = then.expressions or [None]
        return matched and not then.args.get("where") and all(isinstance(each, exp.EQ) for each in assignments)
    if isinstance(then, exp.Insert):
        has_columns = then.this is None or isinstance(then.this, exp.Tuple)
        return not matched and not then.args.get("where") and has_columns and isinstance(then.expression, exp.Tuple)
    return matched and _action(when) == "DELETE"


def deletes(merge: exp.Expr) -> bool:
    """Tell whether a MERGE has a clause that deletes."""
    return any(_action(when) == "DELETE" for when in _whens(merge))


def duckdb_merge(merge: exp.Expr) -> exp.Expr:
    """Return a MERGE whose expressions are in DuckDB's SQL as one that DuckDB runs by Snowflake's rules.

    Returns:
        The statement; it answers what was done with each row that it changed.
    """
    merge = merge.copy()
    for when in _whens(merge):
        for column in _columns_set(when):
            column.set("table", None)
    if deletes(merge):
        _delete_once(merge)
    merge.set("returning", exp.Returning(expressions=[exp.column(_ACTION)]))
    return merge


def counts(merge: exp.Expr, changed: pa.Table) -> Result:
    """Return Snowflake's answer from DuckDB's: a count for each kind of change that the statement has a clause for."""
    occurring = {_action(when) for when in _whens(merge)}
    actions = changed.column(0)
    numbers = [
        (Column(f"number of rows {word}", "FIXED"), pc.sum(pc.equal(actions, action)).as_py() or 0)  # pyright: ignore[reportAttributeAccessIssue]
        for action, word in _COUNTED.items()
        if action in occurring
    ]
    return Result([column for column, _ in numbers], [tuple(number for _, number in numbers)])


def _delete_once(merge: exp.Expr) -> None:
    """Let of several source rows that delete the same target row only one do it: DuckDB takes the second for an error.

    In Snowflake this MERGE is deterministic, unless one of them updates. The source becomes a query that joins
    the target with it, in which each row says which target row it matches.
    """
    target, source = merge.this, merge.args["using"]
    row = exp.column("rowid", table=exp.to_identifier(target.alias_or_name, quoted=True))
    clause = exp.Case(
        ifs=[
            exp.If(this=when.args.get("condition") or exp.true(), true=exp.Boolean(this=_action(when) == "DELETE"))
            for when in _whens(merge)
            if when.args.get("matched")
        ],
        default=exp.false(),
    )
    number = exp.Window(this=exp.RowNumber(), partition_by=[row.copy(), clause.copy()])
    name = source.alias_or_name
    query = (
        exp.select(
            exp.Column(this=exp.Star(), table=exp.to_identifier(name, quoted=True)),
            exp.alias_(row.copy(), _TARGET_ROW, quoted=True),
        )
        .from_(source.copy())
        .join(target.copy(), on=merge.args["on"].copy(), join_type="left")
    )
    query.set("qualify", exp.Qualify(this=exp.or_(row.is_(exp.null()), exp.not_(clause.copy()), number.eq(1))))
    merge.set("using", query.subquery(exp.to_identifier(name, quoted=True)))
    merge.set("on", row.eq(exp.column(_TARGET_ROW, table=exp.to_identifier(name, quoted=True), quoted=True)))


def _whens(merge: exp.Expr) -> list[exp.When]:
    return list(merge.args["whens"].expressions)


def _action(when: exp.When) -> str:
    """Return INSERT, UPDATE, DELETE, or what else a clause does."""
    then = when.args["then"]
    return then.name.upper() if isinstance(then, exp.Var) else then.key.upper()


def _columns_set(when: exp.When) -> list[exp.Column]:
    """Return the target's columns that a clause gives values to: DuckDB wants them without the table's name."""
    then = when.args["then"]
    if isinstance(then, exp.Update):
        return [assignment.this for assignment in then.expressions if isinstance(assignment.this, exp.Column)]
    return then.this.find_all(exp.Column) if isinstance(then, exp.Insert) and then.this else []
