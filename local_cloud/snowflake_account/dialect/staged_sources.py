"""Queries over staged files: which they read, and a query of the files' rows in the place of each. Pure.

https://docs.snowflake.com/en/user-guide/querying-stage, https://docs.snowflake.com/en/user-guide/querying-metadata
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from local_cloud.snowflake_account.dialect.relations import name_of
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.copy_statement import checked_pattern
from local_cloud.snowflake_account.language.metadata_columns import METADATA
from local_cloud.snowflake_account.language.tokens import Name, Tokens

_OF_SOURCE = ("this", "alias", "format", "pattern", "joins", "laterals")

_TAKE_ALL = ("where", "group", "having", "qualify", "distinct", "order", "joins", "laterals", "windows")
"""Clauses of a query that may need more rows than it gives."""


@dataclass(frozen=True)
class StageSource:
    """A place in a query where a stage stands.

    Attributes:
        node: the place; replaced by `read_from`.
        location: the stage with its path as written, `@stage/path`.
        file_format: the name of the format that is given, None for the stage's own.
        pattern: a regular expression for whole paths.
    """

    node: exp.Table
    location: str
    file_format: Name | None
    pattern: str | None

    @property
    def highest(self) -> int:
        """The highest position that the statement names, `$3`."""
        root = self.node.root()
        return max((int(each.name) for each in root.find_all(exp.Parameter) if each.name.isdigit()), default=0)

    @property
    def needs_fields(self) -> bool:
        """Whether the statement asks for more than the metadata and the number of the rows."""
        stars = (star for star in self.node.root().find_all(exp.Star) if not isinstance(star.parent, exp.Count))
        return self.highest > 0 or next(stars, None) is not None

    @property
    def most(self) -> int | None:
        """How many rows are enough for the query, None for all."""
        select = self.node.parent_select
        limit = select.args.get("limit") if isinstance(select, exp.Select) else None
        if not isinstance(select, exp.Select) or not isinstance(limit, exp.Limit) or not _is_number(limit.expression):
            return None
        rows = int(limit.expression.name)
        offset = select.args.get("offset")
        takes_all = any(select.args.get(part) for part in _TAKE_ALL) or select.find(exp.AggFunc, exp.Window)
        if rows and (takes_all or offset or select.args["from_"].this is not self.node):
            return None
        return rows

    def read_from(self, table: str, columns: Sequence[str], number: int) -> None:
        """Put a query of the files' rows in the stage's place.

        Args:
            table: what DuckDB knows the rows as.
            columns: the rows' columns: C1, C2, … and the metadata.
            number: no other source in the statement has it.
        """
        named = self.node.args.get("alias")
        alias = named.copy() if named else exp.TableAlias(this=exp.to_identifier(f"_STAGE_{number}", quoted=True))
        fields = {f"${name[1:]}": exp.column(name, quoted=True) for name in columns if name not in METADATA}
        missing = [f"${position}" for position in range(1, self.highest + 1) if f"${position}" not in fields]
        selected = [exp.alias_(field, name, quoted=True) for name, field in fields.items()]
        selected += [exp.alias_(exp.cast(exp.null(), "varchar"), name, quoted=True) for name in missing]
        selected += [exp.column(name, quoted=True) for name in METADATA]
        query = exp.select(*selected).from_(exp.table_(table, db="main", catalog="temp", quoted=True))
        inside = exp.Subquery(this=query, alias=alias)
        for part in ("joins", "laterals"):
            if given := self.node.args.get(part):
                inside.set(part, given)
        reader = self.node.parent_select or self.node.root()
        self.node.replace(inside)
        _name_fields(reader, alias.this)
        _name_metadata(reader)
        for star in _stars(reader, alias.name.upper()):
            _leave_out(star, (*METADATA, *missing))


def stage_sources(tree: exp.Expr) -> Iterator[StageSource]:
    """Yield the places in a statement where a stage stands, `FROM @stage/path (FILE_FORMAT => …, PATTERN => …) t`.

    Args:
        tree: the statement; what is yielded may be replaced while this goes on.

    Raises:
        SnowflakeError: a stage stands there with something that it cannot have.
    """
    for table in list(tree.find_all(exp.Table)):
        written = table.this
        if not isinstance(written, exp.Var | exp.Literal):
            continue
        if not written.name.startswith("@"):
            raise UnsupportedError(f"SELECT from '{written.name}'")
        if wrong := [part for part, given in table.args.items() if given and part not in _OF_SOURCE]:
            raise UnsupportedError(f"{wrong[0].rstrip('_').upper()} of a stage")
        pattern = table.args.get("pattern")
        yield StageSource(
            table, written.name, _format(table.args.get("format")), checked_pattern(pattern.name) if pattern else None
        )


def _format(given: exp.Expr | None) -> Name | None:
    if given is None:
        return None
    return name_of(given) if isinstance(given, exp.Table) else Tokens(given.name).name()


def _is_number(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_int


def _name_fields(reader: exp.Expr, alias: exp.Expr) -> None:
    """Put names in the place of the positions in a query or DML that are those of a stage's fields."""
    known = alias.name.upper()
    around = reader if isinstance(reader, exp.Select) else None
    for parameter in list(reader.find_all(exp.Parameter)):
        if not parameter.name.isdigit():
            continue
        column = parameter.parent if isinstance(parameter.parent, exp.Column) else None
        if column.table.upper() != known if column else parameter.parent_select is not around:
            continue
        field = f"${parameter.name}"
        if not column and _has_other_fields(reader):
            continue
        named = exp.column(field, table=exp.to_identifier(alias.name, quoted=alias.args.get("quoted")), quoted=True)
        written = column or parameter
        is_column = isinstance(written.parent, exp.Select) and written.arg_key == "expressions"
        written.replace(exp.alias_(named, field, quoted=True) if is_column else named)


def _has_other_fields(reader: exp.Expr) -> bool:
    """Tell whether a query reads several relations of which positions could be meant."""
    others = [join.this for join in reader.args.get("joins") or ()]
    return any(isinstance(other, exp.Table | exp.Subquery | exp.Values) for other in others)


def _name_metadata(reader: exp.Expr) -> None:
    for column in reader.find_all(exp.Column):
        if column.name.upper() in METADATA:
            column.set("this", exp.to_identifier(column.name.upper(), quoted=True))


def _stars(reader: exp.Expr, alias: str) -> Iterator[exp.Expr]:
    """Yield the stars of a query that stand for a relation's columns, too."""
    for each in reader.expressions:
        if isinstance(each, exp.Star):
            yield each
        elif isinstance(each, exp.Column) and isinstance(each.this, exp.Star) and each.table.upper() == alias:
            yield each.this


def _leave_out(star: exp.Expr, names: Sequence[str]) -> None:
    left_out = list(star.args.get("except_") or [])
    known = {each.name for each in left_out}
    star.set("except_", [*left_out, *(exp.to_identifier(name, quoted=True) for name in names if name not in known)])
