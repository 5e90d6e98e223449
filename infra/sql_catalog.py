"""The statements of ``sql/``: rendered, checked and brought to one spelling before any resource exists. Pure.

``sql/copy/<feed>.sql`` is the COPY statement of each feed's pipe, ``sql/core/<model>.sql`` one SELECT per
dynamic table, ``sql/mart/`` and ``sql/ops/`` one SELECT per view. All are Jinja templates. Models write the
tables they read in two parts (``core.purchases``); the catalog replaces each by the name of the resource
behind it, so that reading a table in SQL is what makes the edge in the resource graph.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import jinja2
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from infra import naming
from infra.errors import CatalogError
from infra.feeds import Feed
from infra.sql_text import Span, canonical, canonical_parts

SQL_FOLDER = Path(__file__).resolve().parent.parent / "sql"


class ModelKind(Enum):
    """What a model is in Snowflake."""

    DYNAMIC_TABLE = "dynamic table"
    VIEW = "view"


_KINDS = {
    naming.CORE: ModelKind.DYNAMIC_TABLE,
    naming.MART: ModelKind.VIEW,
    naming.OPS: ModelKind.VIEW,
}


@dataclass(frozen=True, order=True)
class Relation:
    """A table, dynamic table or view of the stack's database, in upper case."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Model:
    """One SELECT of ``sql/core``, ``sql/mart`` or ``sql/ops``.

    Attributes:
        relation: the schema and name of what it becomes.
        kind: what it becomes.
        parts: its canonical text, cut where it reads another relation.
        mentions: relations that it names in a string (an argument of COPY_HISTORY): it needs them to exist,
            but their names stay as they are written.
    """

    relation: Relation
    kind: ModelKind
    parts: tuple[str | Relation, ...]
    mentions: tuple[Relation, ...]

    @property
    def upstream(self) -> tuple[Relation, ...]:
        """The relations that it reads, each once, in name order."""
        return tuple(sorted({part for part in self.parts if isinstance(part, Relation)}))

    def statement(self, names: Mapping[Relation, str]) -> str:
        """Return the SELECT in one spelling, with these names for what it reads."""
        return "".join(names[part] if isinstance(part, Relation) else part for part in self.parts)

    @property
    def content_hash(self) -> str:
        """What differs when, and only when, the SELECT means something else: 16 hexadecimal digits.

        The provider compares a model's text without regard to case, string literals included, so it would
        never deploy a change of ``'a'`` to ``'A'``; this hash sees it.
        """
        text = self.statement({relation: str(relation) for relation in self.upstream})
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class CopyStatement:
    """The COPY statement of one feed's pipe.

    Attributes:
        feed: the feed.
        template: its Jinja source.
    """

    feed: Feed
    template: jinja2.Template

    def statement(self, *, table: str, stage: str, file_format: str) -> str:
        """Return the statement in one spelling, with these fully qualified names."""
        return canonical(
            self.template.render(table=table, stage=stage, prefix=self.feed.prefix, file_format=file_format)
        )


class SqlCatalog:
    """Every statement of a SQL folder.

    Attributes:
        models: each behind those that it reads.
        copies: one statement per feed, by the feed's name.
    """

    def __init__(self, models: Sequence[Model], copies: Mapping[str, CopyStatement]):
        self.models = tuple(models)
        self.copies = dict(copies)

    def is_leaf(self, model: Model) -> bool:
        """Return whether no dynamic table reads this one, so that nothing downstream drives its refresh."""
        return not any(
            model.relation in other.upstream for other in self.models if other.kind is ModelKind.DYNAMIC_TABLE
        )


def load_catalog(feeds: Sequence[Feed], database: str, folder: Path = SQL_FOLDER) -> SqlCatalog:
    """Read, render and check every statement of a SQL folder.

    Args:
        feeds: the feeds; each has a raw table that models may read, and a copy statement.
        database: the database's name, for templates that name it (``{{ database }}``).
        folder: the SQL folder.

    Raises:
        CatalogError: a file is missing, is not one statement of its kind, or reads what does not exist.
    """
    raw = {Relation(naming.RAW, feed.table) for feed in feeds}
    files = _model_files(folder)
    render = _renderer(folder, feeds=[feed.name for feed in feeds], database=database)
    models = [_model(path, relation, render(path), raw | set(files), database) for relation, path in files.items()]
    return SqlCatalog(_in_order(models, files), {feed.name: _copy(folder, feed) for feed in feeds})


def _model_files(folder: Path) -> dict[Relation, Path]:
    return {
        Relation(schema, path.stem.upper()): path
        for schema in _KINDS
        for path in sorted((folder / schema.lower()).glob("*.sql"))
    }


def _environment(folder: Path) -> jinja2.Environment:
    # SQL is no markup: escaping would turn quotes into entities.
    return jinja2.Environment(  # noqa: S701
        loader=jinja2.FileSystemLoader(folder), undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )


def _template(folder: Path, path: Path) -> jinja2.Template:
    try:
        return _environment(folder).get_template(path.relative_to(folder).as_posix())
    except jinja2.TemplateNotFound:
        raise CatalogError(f"{_shown(path)}: no such file; every feed needs its copy statement there") from None
    except jinja2.TemplateSyntaxError as error:
        raise CatalogError(f"{_shown(path)}:{error.lineno}: {error.message}") from None


def _renderer(folder: Path, **variables: object) -> Callable[[Path], str]:
    def render(path: Path) -> str:
        return _rendered(path, _template(folder, path), variables)

    return render


def _rendered(path: Path, template: jinja2.Template, variables: Mapping[str, object]) -> str:
    try:
        return template.render(variables)
    except jinja2.UndefinedError as error:
        known = ", ".join(sorted(variables))
        raise CatalogError(f"{_shown(path)}: {error.message}; the variables are {known}") from None


def _parsed(path: Path, sql: str, kind: type[exp.Expr], wanted: str) -> exp.Expr:
    try:
        statements = [statement for statement in sqlglot.parse(sql, read="snowflake") if statement]
    except ParseError as error:
        first = error.errors[0]
        raise CatalogError(f"{_shown(path)}:{first['line']}: {first['description']}") from None
    except TokenError as error:
        raise CatalogError(f"{_shown(path)}: {str(error).splitlines()[0]}") from None
    if len(statements) != 1 or not isinstance(statements[0], kind):
        raise CatalogError(f"{_shown(path)}: holds {len(statements)} statement(s), not one {wanted}")
    return statements[0]


def _model(path: Path, relation: Relation, sql: str, known: set[Relation], database: str) -> Model:
    tree = _parsed(path, sql, exp.Query, "SELECT")
    read = {span: _known(path, read, known) for span, read in _relations_read(path, tree)}
    mentioned = {_known(path, mention, known) for mention in _relations_mentioned(tree, database)}
    parts = tuple(read[part] if isinstance(part, Span) else part for part in canonical_parts(sql, read))
    return Model(relation, _KINDS[relation.schema], parts, tuple(sorted(mentioned - set(read.values()))))


def _relations_read(path: Path, tree: exp.Expr) -> Iterable[tuple[Span, Relation]]:
    ctes = {cte.alias.upper() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        schema, name = table.args.get("db"), table.this
        if not isinstance(name, exp.Identifier):
            continue
        if schema is None and name.name.upper() in ctes:
            continue
        if schema is None or table.args.get("catalog"):
            raise CatalogError(f"{_shown(path)}: reads {table.sql('snowflake')}; write <schema>.<table>, in two parts")
        yield Span(schema.meta["start"], name.meta["end"]), Relation(schema.name.upper(), name.name.upper())


def _relations_mentioned(tree: exp.Expr, database: str) -> Iterable[Relation]:
    named = re.compile(rf"{re.escape(database)}\.(\w+)\.(\w+)", re.IGNORECASE)
    for literal in tree.find_all(exp.Literal):
        if literal.is_string and (match := named.fullmatch(literal.name)):
            yield Relation(match[1].upper(), match[2].upper())


def _known(path: Path, relation: Relation, known: set[Relation]) -> Relation:
    if relation not in known:
        there = ", ".join(str(other) for other in sorted(known)) or "nothing"
        raise CatalogError(f"{_shown(path)}: reads {relation}, which does not exist; there is {there}")
    return relation


def _in_order(models: Sequence[Model], files: Mapping[Relation, Path]) -> list[Model]:
    by_relation = {model.relation: model for model in models}
    graph = {model.relation: [read for read in model.upstream if read in by_relation] for model in models}
    try:
        return [by_relation[relation] for relation in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle: list[Relation] = error.args[1]
        around = " → ".join(str(relation) for relation in reversed(circle))
        raise CatalogError(f"{_shown(files[circle[0]])}: reads itself, {around}") from None


def _copy(folder: Path, feed: Feed) -> CopyStatement:
    path = folder / "copy" / f"{feed.name}.sql"
    template = _template(folder, path)
    names = {"table": '"D"."S"."T"', "stage": '"D"."S"."G"', "file_format": '"D"."S"."F"', "prefix": feed.prefix}
    tree = _parsed(path, _rendered(path, template, names), exp.Copy, "COPY INTO")
    target = tree.this
    columns = [column.name.upper() for column in target.expressions] if isinstance(target, exp.Schema) else []
    unknown = sorted(set(columns) - {column.name for column in feed.columns})
    if unknown or not columns:
        there = ", ".join(column.name for column in feed.columns)
        problem = f"no column {unknown[0]}" if unknown else "its columns unnamed"
        raise CatalogError(f"{_shown(path)}: copies into a table with {problem}; {feed.table} has {there}")
    return CopyStatement(feed, template)


def _shown(path: Path) -> str:
    """A SQL file as a person names it, whatever folder the project is in."""
    return "/".join(("sql", *path.parts[-2:]))
