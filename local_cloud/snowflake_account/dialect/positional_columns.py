"""$1, $2 …: the columns of what a query reads, by their positions.

https://docs.snowflake.com/en/sql-reference/sql/select#parameters
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError

ColumnsOf = Callable[[exp.Table], Sequence[str]]
"""Returns the names of a relation's columns."""


def with_named_columns(tree: exp.Expr, columns_of: ColumnsOf) -> exp.Expr:
    """Put names in the place of positions.

    Args:
        tree: the statement; changed.
        columns_of: returns the names of a relation's columns.

    Raises:
        SnowflakeError: there is no column at a position, or it is not clear of what.
    """
    for values in tree.find_all(exp.Values):
        _name_columns(values)
    for parameter in list(tree.find_all(exp.Parameter)):
        if not parameter.name.isdigit():
            continue
        select = parameter.find_ancestor(exp.Select)
        column = parameter.parent if isinstance(parameter.parent, exp.Column) else None
        source = _source(select, column.table if column else "") if select else None
        names = _names(source, columns_of) if source else ()
        position = int(parameter.name)
        if not 1 <= position <= len(names):
            raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '${position}'", code=904)
        named = exp.column(names[position - 1], table=column.args.get("table") if column else None, quoted=True)
        written = column or parameter
        is_column = isinstance(written.parent, exp.Select) and written.arg_key == "expressions"
        written.replace(exp.alias_(named, f"${position}", quoted=True) if is_column else named)
    return tree


def _name_columns(values: exp.Values) -> None:
    """Give the columns of VALUES under an alias their names, which DuckDB has otherwise."""
    alias = values.args.get("alias")
    if alias and not alias.columns and values.expressions:
        alias.set("columns", [exp.to_identifier(name, quoted=True) for name in _numbered(values)])


def _numbered(values: exp.Values) -> list[str]:
    first = values.expressions[0]
    width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
    return [f"COLUMN{number}" for number in range(1, width + 1)]


def _source(select: exp.Select, table: str) -> exp.Expr | None:
    """Return what a query reads under a name, or all that it reads where no name is given."""
    from_ = select.args.get("from_")
    sources = [from_.this] if from_ else []
    sources += [join.this for join in select.args.get("joins") or []]
    found = [source for source in sources if not table or source.alias_or_name.upper() == table.upper()]
    return found[0] if len(found) == 1 else None


def _names(source: exp.Expr, columns_of: ColumnsOf) -> Sequence[str]:
    alias = source.args.get("alias")
    if alias and alias.columns:
        return [column.name if column.args.get("quoted") else column.name.upper() for column in alias.columns]
    if isinstance(source, exp.Values):
        return _numbered(source)
    if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Values):
        return _names(source.this, columns_of)
    if isinstance(source, exp.Subquery):
        return _selected(source.this)
    if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
        return _of_step(source) or columns_of(source)
    return ()


def _of_step(table: exp.Table) -> Sequence[str]:
    """Return the columns of a common table expression, none where the name is another relation's."""
    if table.db:
        return ()
    node: exp.Expr | None = table
    while node := node.parent:
        steps = node.args.get("with_")
        for step in steps.expressions if steps else ():
            if step.alias.upper() == table.name.upper():
                return [column.name.upper() for column in step.args["alias"].columns] or _selected(step.this)
    return ()


def _selected(query: exp.Expr) -> Sequence[str]:
    """Return the names of a query's columns as DuckDB has them; none where it selects all of something."""
    if not isinstance(query, exp.Query) or query.is_star:
        return ()
    outputs = query.selects
    names = [column.args["alias"] if isinstance(column, exp.Alias) else column.this for column in outputs]
    if not all(isinstance(name, exp.Identifier) for name in names):
        return ()
    return [name.name if name.args.get("quoted") else name.name.upper() for name in names]
