"""The statements of ``sql/``: rendered, checked and brought to one spelling before any resource exists. Pure.

``sql/copy/<feed>.sql`` is the COPY statement of each feed's pipe, ``sql/core/<model>.sql`` one SELECT per
dynamic table, ``sql/mart/`` and ``sql/ops/`` one SELECT per view. All are Jinja templates. Models write the
tables they read in two parts (``core.purchases``); the catalog replaces each by the name of the resource
behind it, so that reading a table in SQL is what makes the edge in the resource graph. Beside each model's
``.sql`` stands a ``.yml`` that says what it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from sqlglot import exp

from infra import naming
from infra.descriptions import Description, read_description
from infra.errors import CatalogError
from infra.feeds import Feed
from infra.sql_files import BOOTSTRAP, MACROS, SqlFile, parse_statement, shown
from infra.sql_text import Span, canonical, canonical_parts

SQL_FOLDER = Path(__file__).resolve().parent.parent / "sql"


class ModelKind(Enum):
    """What a model is in Snowflake."""

    DYNAMIC_TABLE = "dynamic table"
    VIEW = "view"


_ASKS_PIPES = frozenset({"SYSTEM$PIPE_STATUS", "PIPE_USAGE_HISTORY"})

_READS_PARQUET = re.compile(r"\bTYPE = PARQUET\b")

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

    @property
    def logical_name(self) -> str:
        """What resources are called after it: ``mart-customer-purchases``."""
        return f"{self.schema}-{self.name}".lower().replace("_", "-")


@dataclass(frozen=True)
class Model:
    """One SELECT of ``sql/core``, ``sql/mart`` or ``sql/ops``.

    Attributes:
        relation: the schema and name of what it becomes.
        kind: what it becomes.
        parts: its canonical text, cut where it reads another relation.
        mentions: relations that it names in a string (an argument of COPY_HISTORY): it needs them to exist,
            but their names stay as they are written.
        asks_pipes: whether it asks for the status or the usage of pipes, which it needs to exist.
        description: what it is, and of a view what each column is.
    """

    relation: Relation
    kind: ModelKind
    parts: tuple[str | Relation, ...]
    mentions: tuple[Relation, ...]
    asks_pipes: bool
    description: Description

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
        file: its file.
    """

    feed: Feed
    file: SqlFile

    def rendered(self, *, table: str, stage: str, file_format: str) -> str:
        """Return the statement as its file spells it, with these fully qualified names."""
        return self.file.render(
            table=table,
            stage=stage,
            prefix=self.feed.prefix,
            file_format=file_format,
            is_parquet=self.feed.is_parquet,
        )

    def statement(self, *, table: str, stage: str, file_format: str) -> str:
        """Return the statement in one spelling, with these fully qualified names."""
        return canonical(self.rendered(table=table, stage=stage, file_format=file_format))


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


def load_catalog(
    feeds: Sequence[Feed], database: str, folder: Path = SQL_FOLDER, *, expected_every: Mapping[str, int] | None = None
) -> SqlCatalog:
    """Read, render and check every statement of a SQL folder.

    Args:
        feeds: the feeds; each has a raw table that models may read, and a copy statement.
        database: the database's name, for templates that name it (``{{ database }}``).
        folder: the SQL folder.
        expected_every: the longest seconds without a file, by the feed's name.

    Raises:
        CatalogError: a file is missing, is not one statement of its kind, or reads what does not exist.
    """
    tables = {Relation(naming.RAW, feed.table) for feed in feeds} | {Relation(*naming.LOAD_HISTORY)}
    files = _model_files(folder)
    _check_for_strays(folder, feeds, files)
    variables = {
        "feeds": feeds,
        "parquet_feeds": [feed.name for feed in feeds if feed.is_parquet],
        "database": database,
        "expected_every": expected_every or {},
        "warehouses": naming.warehouses(database),
    }
    models = [
        _model(path, relation, SqlFile.read(path).render(**variables), tables | set(files), database)
        for relation, path in files.items()
    ]
    return SqlCatalog(_in_order(models, files), {feed.name: _copy(folder, feed) for feed in feeds})


def _model_files(folder: Path) -> dict[Relation, Path]:
    return {
        Relation(schema, path.stem.upper()): path
        for schema in _KINDS
        for path in sorted((folder / schema.lower()).glob("*.sql"))
    }


def _check_for_strays(folder: Path, feeds: Sequence[Feed], files: Mapping[Relation, Path]) -> None:
    """Refuse a file that would be deployed as nothing, and the absence of the one view that must be there."""
    deployed = {*files.values(), *(folder / "copy" / f"{feed.name}.sql" for feed in feeds)}
    for path in sorted(folder.rglob("*.sql")):
        if path not in deployed and path.parent not in (folder / MACROS, folder / BOOTSTRAP):
            schemas = ", ".join(f"sql/{schema.lower()}/" for schema in _KINDS)
            copies = ", ".join(f"sql/copy/{feed.name}.sql" for feed in feeds)
            raise CatalogError(f"{shown(path)}: would not be deployed; what is deployed is {schemas} and {copies}")
    if (wanted := Relation(*naming.REQUESTED_VIEW)) not in files:
        raise CatalogError(
            f"sql/{str(wanted).lower().replace('.', '/')}.sql: no such file; the stack exports this view"
        )


def _model(path: Path, relation: Relation, sql: str, known: set[Relation], database: str) -> Model:
    tree = parse_statement(path, sql, exp.Query, "SELECT")
    read = {span: _known(path, read, known) for span, read in _relations_read(path, tree)}
    mentioned = {_known(path, mention, known) for mention in _relations_mentioned(tree, database)}
    parts = tuple(read[part] if isinstance(part, Span) else part for part in canonical_parts(sql, read))
    kind = _KINDS[relation.schema]
    # Described columns of a view are its column list, so they have to be all of the SELECT's, in its order.
    columns = [name.upper() for name in tree.named_selects] if kind is ModelKind.VIEW else []
    description = read_description(path.with_suffix(".yml"), columns)
    asks_pipes = any(call.name.upper() in _ASKS_PIPES for call in tree.find_all(exp.Anonymous))
    return Model(relation, kind, parts, tuple(sorted(mentioned - set(read.values()))), asks_pipes, description)


def _relations_read(path: Path, tree: exp.Expr) -> Iterable[tuple[Span, Relation]]:
    ctes = {cte.alias.upper() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        schema, name = table.args.get("db"), table.this
        if schema is None and name.name.upper() in ctes:
            continue
        if schema is None or table.args.get("catalog") or not isinstance(name, exp.Identifier):
            raise CatalogError(f"{shown(path)}: reads {table.sql('snowflake')}; write <schema>.<table>, in two parts")
        yield Span(schema.meta["start"], name.meta["end"]), Relation(schema.name.upper(), name.name.upper())


def _relations_mentioned(tree: exp.Expr, database: str) -> Iterable[Relation]:
    named = re.compile(rf"{re.escape(database)}\.(\w+)\.(\w+)", re.IGNORECASE)
    for literal in tree.find_all(exp.Literal):
        if literal.is_string and (match := named.fullmatch(literal.name)):
            yield Relation(match[1].upper(), match[2].upper())


def _known(path: Path, relation: Relation, known: set[Relation]) -> Relation:
    if relation not in known:
        there = ", ".join(str(other) for other in sorted(known)) or "nothing"
        raise CatalogError(f"{shown(path)}: reads {relation}, which does not exist; there is {there}")
    return relation


def _in_order(models: Sequence[Model], files: Mapping[Relation, Path]) -> list[Model]:
    by_relation = {model.relation: model for model in models}
    graph = {model.relation: [read for read in model.upstream if read in by_relation] for model in models}
    try:
        return [by_relation[relation] for relation in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle: list[Relation] = error.args[1]
        around = " → ".join(str(relation) for relation in reversed(circle))
        raise CatalogError(f"{shown(files[circle[0]])}: reads itself, {around}") from None


def _copy(folder: Path, feed: Feed) -> CopyStatement:
    path = folder / "copy" / f"{feed.name}.sql"
    copy = CopyStatement(feed, SqlFile.read(path))
    nominal = {key: naming.qualified("DATABASE", "SCHEMA", key.upper()) for key in ("table", "stage", "file_format")}
    target = parse_statement(path, copy.rendered(**nominal), exp.Copy, "COPY INTO").this
    if feed.is_parquet and not _READS_PARQUET.search(copy.statement(**nominal)):
        raise CatalogError(
            f"{shown(path)}: reads no Parquet, and parquetFeeds names {feed.name}; sql/macros/files.sql does"
        )
    columns = [column.name.upper() for column in target.expressions] if isinstance(target, exp.Schema) else []
    unknown = sorted(set(columns) - {column.name for column in feed.columns})
    if unknown or not columns:
        there = ", ".join(column.name for column in feed.columns)
        problem = f"no column {unknown[0]}" if unknown else "its columns unnamed"
        raise CatalogError(f"{shown(path)}: copies into a table with {problem}; {feed.table} has {there}")
    return copy
