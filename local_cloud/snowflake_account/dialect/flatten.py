"""FLATTEN, in a form that DuckDB can unnest in one pass.

fakesnow turns `lateral flatten(input => x)` into a table macro with window functions. DuckDB evaluates it row
by row, and over many rows INDEX is wrong in some of them; here is the macro without them, right and fast.
https://docs.snowflake.com/en/sql-reference/functions/flatten
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot.helper import ensure_list

from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.tokens import Name

_ELEMENTS, _VALUES = "_FS_ELEMENTS", "_FS_VALUES"

_FIELDS = {
    "SEQ": ("hash(input::json)::ubigint", "hash(input::json)::ubigint"),
    "KEY": ("null::varchar", "entry.key"),
    "PATH": ("'[' || (place - 1) || ']'", "entry.key"),
    "INDEX": ("place - 1", "null::bigint"),
    "VALUE": ("coalesce(item, 'null'::json)", "entry.value"),
    "THIS": ("input::json", "input::json"),
}
"""The columns of FLATTEN, of an array's item and of an object's entry."""

_DEFAULTS = {"PATH": "", "OUTER": "FALSE", "RECURSIVE": "FALSE", "MODE": "BOTH"}
"""The arguments of FLATTEN beside INPUT."""

_COMMON_FIELDS = ("INDEX", "VALUE")
"""What most queries read; making the others takes a quarter of the time."""

_ROW = "_FS$ELEMENT"
"""The column that has an element and its place, where a flattened table's elements stand in its own rows."""

_ELEMENTS_MACRO = """
create or replace macro {database}.{name}(input) as
    case json_type(input::json)
        when 'ARRAY' then list_transform(from_json(input::json, '["JSON"]'), lambda item, place: {{{item}}})
        when 'OBJECT' then list_transform(
            map_entries(from_json(input::json, '"MAP(VARCHAR, JSON)"')), lambda entry: {{{entry}}}
        )
    end;
"""

_TABLE_MACRO = """
create or replace macro {database}._fs_flatten(input) as table
    select unnest({database}.{name}(input), max_depth := 2);
"""


def create_sql(database: str) -> str:
    """Return the statements that put the macro in the place of fakesnow's, in one database."""
    quoted = Name((database,)).quoted
    elements = [_elements_macro(quoted, _ELEMENTS, tuple(_FIELDS)), _elements_macro(quoted, _VALUES, _COMMON_FIELDS)]
    return "".join([*elements, _TABLE_MACRO.format(database=quoted, name=_ELEMENTS)])


def _elements_macro(database: str, name: str, fields: Sequence[str]) -> str:
    item, entry = (", ".join(f"{field}: {_FIELDS[field][kind]}" for field in fields) for kind in (0, 1))
    return _ELEMENTS_MACRO.format(database=database, name=name, item=item, entry=entry)


def with_plain_flattens(tree: exp.Expr) -> exp.Expr:
    """Leave of each FLATTEN only its input, which is all that fakesnow sees.

    Args:
        tree: a statement in Snowflake's SQL; changed.

    Raises:
        UnsupportedError: another argument is not at its default.
    """
    for call in tree.find_all(exp.Explode):
        for argument in (call.this, *call.expressions):
            if not isinstance(argument, exp.Kwarg):
                continue
            name, value = argument.this.name.upper(), argument.expression
            if name == "INPUT":
                call.set("this", argument)
            elif value.sql().strip("'").upper() != _DEFAULTS.get(name):
                raise UnsupportedError(f"FLATTEN with {name}")
        call.set("expressions", [])
    return tree


def with_elements_in_line(tree: exp.Expr) -> exp.Expr:
    """Unnest what is flattened in the rows of its table, where a query flattens one table.

    DuckDB joins a lateral table function's rows back to the table, by the whole value that was flattened.

    Args:
        tree: a query as fakesnow translated it; changed.
    """
    for select in list(tree.find_all(exp.Select)):
        joins = select.args.get("joins") or []
        if len(joins) == 1 and (flattened := _flattened(joins[0])) and (source := select.args.get("from_")):
            _put_in_line(select, source.this, joins[0].this.alias, flattened)
    return tree


def _flattened(join: exp.Join) -> exp.Expr | None:
    """Return what a join flattens, None where it is another one."""
    call = join.this.this if isinstance(join.this, exp.Table) else None
    is_plain = not {name for name, value in join.args.items() if value} - {"this"}
    if is_plain and isinstance(call, exp.Anonymous) and call.name.upper() == "_FS_FLATTEN":
        return call.expressions[0]
    return None


def _put_in_line(select: exp.Select, source: exp.Expr, elements: str, flattened: exp.Expr) -> None:
    """Flatten in the rows of the source, unless the query has a name that could then mean something else."""
    clauses, name = list(_clauses(select)), _alias(source)
    columns = [column for clause in clauses for column in clause.find_all(exp.Column)]
    if not name or not elements or any(clause.find(exp.Query) or _takes_all(clause) for clause in clauses):
        return
    if any(column.db or (not column.table and column.name.upper() in _FIELDS) for column in columns):
        return
    row = exp.Column(this=exp.to_identifier(_ROW, quoted=True), table=name.copy())
    fields = [column for column in columns if column.table.upper() == elements.upper()]
    for column in fields:
        literal = exp.Literal.string(column.name.upper())
        field = exp.Anonymous(this="struct_extract", expressions=[row.copy(), literal])
        column.replace(exp.alias_(field, column.this.copy()) if column.parent is select else field)
    macro = _VALUES if all(column.name.upper() in _COMMON_FIELDS for column in fields) else _ELEMENTS
    unnested = exp.Anonymous(this="unnest", expressions=[exp.Anonymous(this=macro, expressions=[flattened])])
    inner = exp.select("*", exp.alias_(unnested, row.this.copy())).from_(source.copy())
    select.set("joins", None)
    source.replace(exp.Subquery(this=inner, alias=exp.TableAlias(this=name.copy())))


def _alias(source: exp.Expr) -> exp.Identifier | None:
    """Return the name that a table goes by in a query, with its quotes."""
    alias = source.args.get("alias")
    name = alias.this if alias else source.this
    return name if isinstance(name, exp.Identifier) else None


def _clauses(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield what a query is made of beside the tables that it reads."""
    for name, value in select.args.items():
        if name not in ("with_", "from_", "joins"):
            yield from (each for each in ensure_list(value) if isinstance(each, exp.Expr))


def _takes_all(clause: exp.Expr) -> bool:
    return any(not isinstance(star.parent, exp.Count) for star in clause.find_all(exp.Star))
