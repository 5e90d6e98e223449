"""What a join makes of the columns that it sets equal. Pure."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.dynamic_tables.clauses import check
from local_cloud.snowflake_account.dynamic_tables.columns import Column, Columns, NotDividedError, spelled
from local_cloud.snowflake_account.dynamic_tables.scope import Scope


def join_sources(join: exp.Expr, sources: dict[str, Columns], right: str) -> None:
    """Give columns that a join sets equal the origins of both sides; a left join only those of its left side.

    Raises:
        NotDividedError: it is a join that the rule does not cover.
    """
    kind = " ".join(str(join.args.get(part) or "") for part in ("side", "kind", "method")).split()
    if join.args.get("using") or not isinstance(join, exp.Join):
        raise NotDividedError("JOIN … USING" if isinstance(join, exp.Join) else "LATERAL")
    if kind not in ([], ["INNER"], ["LEFT"], ["LEFT", "OUTER"]) or not join.args.get("on"):
        raise NotDividedError(" ".join([*kind, "JOIN"]) if join.args.get("on") else "CROSS JOIN")
    check(join.args["on"])
    scope = Scope(sources)
    for condition in join.args["on"].flatten() if isinstance(join.args["on"], exp.And) else [join.args["on"]]:
        sides = [condition.this, condition.expression] if isinstance(condition, exp.EQ) else []
        if len(sides) == 2 and all(isinstance(side, exp.Column) for side in sides):
            _equate(scope, sides, right, is_inner="LEFT" not in kind)


def _equate(scope: Scope, sides: list[exp.Expr], right: str, *, is_inner: bool) -> None:
    places = [(table, name) for side in sides if (place := _place(scope, side)) for table, name in [place]]
    if len(places) != 2 or [table for table, _ in places].count(right) != 1:
        return
    (left_table, left_name), (right_table, right_name) = sorted(places, key=lambda place: place[0] == right)
    one, other = scope.sources[left_table][left_name], scope.sources[right_table][right_name]
    both = Column({**other.origins, **one.origins}, one.divides and other.divides)
    scope.sources[left_table][left_name] = both
    if is_inner:
        scope.sources[right_table][right_name] = both


def _place(scope: Scope, column: exp.Expr) -> tuple[str, str] | None:
    name = spelled(column.this)
    table = spelled(column.args["table"]) if column.args.get("table") else None
    owners = [each for each, columns in scope.sources.items() if name in columns and table in (None, each)]
    return (owners[0], name) if len(owners) == 1 else None
