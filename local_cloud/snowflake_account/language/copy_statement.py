"""COPY INTO <table> as a typed value.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.errors import ParseError

from local_cloud.snowflake_account.errors import InvalidValueError, SnowflakeError, SqlSyntaxError, UnsupportedError
from local_cloud.snowflake_account.language.copy_by_name import columns_of_metadata, read_options
from local_cloud.snowflake_account.language.identifiers import no_variable, with_names
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.own_functions import with_own_calls
from local_cloud.snowflake_account.language.stage_paths import StagePath, stage_path
from local_cloud.snowflake_account.language.statement_text import StatementText, one_statement
from local_cloud.snowflake_account.language.syntax_errors import syntax_error
from local_cloud.snowflake_account.language.tokens import Name

_OPTIONS = (
    *("FILE_FORMAT", "ON_ERROR", "PATTERN", "FILES", "FORCE", "PURGE", "TRUNCATECOLUMNS", "ENFORCE_LENGTH"),
    *("MATCH_BY_COLUMN_NAME", "INCLUDE_METADATA", "VALIDATION_MODE"),
)

_ONLY_AT = {
    "CLUSTER_AT_INGEST_TIME": (False,),
    "FILE_PROCESSOR": (),
    "LOAD_MODE": ("FULL_INGEST",),
    "LOAD_UNCERTAIN_FILES": (False, True),  # whether a file was loaded is never uncertain here
    "RETURN_FAILED_ONLY": (False,),
    "SIZE_LIMIT": (),
}
"""Options that the embedded account has only at these values, of which it makes nothing; any other is refused."""

_REFUSED_IN_PIPES = ("FILES", "SIZE_LIMIT", "PURGE", "FORCE", "RETURN_FAILED_ONLY", "VALIDATION_MODE")
"""https://docs.snowflake.com/en/sql-reference/sql/create-pipe#usage-notes"""

_PARTS_OF_SELECT = ("expressions", "from_")
"""https://docs.snowflake.com/en/user-guide/data-load-transform#usage-notes"""

_COPY_DIALECT: Any = Snowflake()
_COPY_DIALECT.COPY_PARAMS_ARE_CSV = True  # "separated by blank spaces, commas, or new lines"; sqlglot leaves commas out

MOST_FILES = 1_000
"""https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#optional-parameters"""

_ALL_PERCENT = 100
_SKIP_FILE = re.compile(r"SKIP_FILE(?:_(?P<limit>\d+)(?P<percent>%)?)?")


@dataclass(frozen=True)
class OnError:
    """What a COPY does about errors.

    Attributes:
        action: ABORT_STATEMENT, CONTINUE or SKIP_FILE.
        limit: a file is skipped from this number of errors (or beyond this percentage of its rows) on.
        percent: whether the limit is one of percent.
    """

    action: str
    limit: int = 1
    percent: bool = False

    def skips(self, errors: int, rows: int) -> bool:
        """Tell whether a file with so many errors among so many rows is left out."""
        if self.action != "SKIP_FILE" or not errors:
            return False
        return errors * 100 > self.limit * rows if self.percent else errors >= self.limit

    def is_certain_after(self, errors: int) -> bool:
        """Tell whether no further error in a file can change what becomes of it."""
        return self.action == "ABORT_STATEMENT" or (
            self.action == "SKIP_FILE" and not self.percent and errors >= self.limit
        )


@dataclass(frozen=True)
class CopyInto:
    """A parsed COPY INTO.

    Attributes:
        table: the target, as written.
        columns: the target's columns, empty for all.
        select: the SELECT over the files, or None for a plain copy; not to be changed.
        where: the place of the files, the stage's name as written.
        file_format: options given in place, FORMAT_NAME among them.
        on_error: None where the statement leaves it to the default.
        pattern: a regular expression for whole paths.
        files: names relative to stage and path.
        force: load what is loaded already.
        purge: remove what was loaded.
        truncates: cut off texts that are longer than their columns, which are errors otherwise.
        matches: whether fields go into the columns of their names: CASE_SENSITIVE or CASE_INSENSITIVE, '' for not.
        metadata: the columns that get a METADATA$ column of the files, with which.
        validation: RETURN_n_ROWS, RETURN_ERRORS or RETURN_ALL_ERRORS of a COPY that only looks, '' for one that loads.
        options: the names of the options that were given.
    """

    table: Name
    columns: tuple[str, ...]
    select: exp.Select | None
    where: StagePath
    file_format: Mapping[str, Any] = field(default_factory=dict)
    on_error: OnError | None = None
    pattern: str | None = None
    files: tuple[str, ...] = ()
    force: bool = False
    purge: bool = False
    truncates: bool = False
    matches: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    validation: str = ""
    options: frozenset[str] = frozenset()

    def check_pipe(self) -> None:
        """Refuse what CREATE PIPE refuses.

        Raises:
            SnowflakeError: an option that a pipe cannot have.
        """
        for option in _REFUSED_IN_PIPES:
            if option in self.options:
                raise SnowflakeError(f"SQL compilation error:\nCOPY option {option} is not supported in a pipe.")
        if self.on_error and self.on_error.action == "ABORT_STATEMENT":
            raise SnowflakeError("SQL compilation error:\nON_ERROR = ABORT_STATEMENT is not supported in a pipe.")


@lru_cache(maxsize=256)
def parse_copy(sql: str) -> CopyInto:
    """Parse the text of a COPY INTO <table>, as a pipe keeps it.

    Raises:
        SnowflakeError: as `copy_into`.
    """
    return copy_into(with_names(one_statement(sql), no_variable)[0])


def copy_tree(statement: StatementText) -> exp.Expr | None:
    """Parse a COPY of either kind into sqlglot's tree.

    Raises:
        SqlSyntaxError: it is none.
    """
    try:
        (tree,) = _COPY_DIALECT.parser().parse(with_own_calls(statement.tokens), statement.source)
    except ParseError as error:
        raise syntax_error(error) from error
    return tree


def copy_into(statement: StatementText) -> CopyInto:
    """Parse a COPY INTO <table>.

    Raises:
        SqlSyntaxError: it is none.
        UnsupportedError: something that the embedded account does not have, by name.
    """
    tree = copy_tree(statement)
    if not isinstance(tree, exp.Copy) or not tree.args.get("kind"):
        raise SqlSyntaxError("expected COPY INTO a table or a location.")
    if any(tree.args["credentials"].args.values()):
        raise UnsupportedError(
            f"{tree.args['credentials'].sql('snowflake').split()[0]} in COPY: use a stage's integration"
        )
    target = tree.this
    columns = tuple(_identifier(column) for column in target.expressions) if isinstance(target, exp.Schema) else ()
    table = target.this if isinstance(target, exp.Schema) else target
    if not isinstance(table, exp.Table):
        raise SqlSyntaxError(f"expected COPY INTO a table, not {table.sql('snowflake')}.")
    name = Name(tuple(_identifier(part) for part in table.parts))
    source = (tree.args.get("files") or [None])[0]
    select = source.this if isinstance(source, exp.Subquery) else None
    if select is not None and not isinstance(select, exp.Select):
        raise _not_simple(select.key.upper())
    if source is None:
        where = StagePath(name, kind=Kind.TABLE)
    else:
        where = _source(select, select.args.get("from_", exp.From()).this if select else source)
    options = copy_options(tree)
    _check_options(options)
    return CopyInto(
        table=name,
        columns=columns,
        select=select,
        where=where,
        file_format=_file_format(options.get("FILE_FORMAT", {})),
        on_error=_on_error(options["ON_ERROR"]) if "ON_ERROR" in options else None,
        pattern=checked_pattern(options["PATTERN"]) if "PATTERN" in options else None,
        files=options.get("FILES", ()),
        force=truth("FORCE", options),
        purge=truth("PURGE", options),
        truncates=_truncates(options),
        **read_options(options, transforms=select is not None),
        options=frozenset(options),
    )


def _identifier(identifier: exp.Expr) -> str:
    quoted = isinstance(identifier, exp.Identifier) and identifier.quoted
    return identifier.name if quoted else identifier.name.upper()


def _source(select: exp.Select | None, location: exp.Expr | None) -> StagePath:
    if select:
        if refused := [part for part, given in select.args.items() if given and part not in _PARTS_OF_SELECT]:
            raise _not_simple(refused[0].rstrip("_").upper())
        if select.find(exp.Star):
            raise UnsupportedError("SELECT * in COPY")
        for expression in select.expressions:
            if refusing := expression.find(exp.AggFunc, exp.Window, exp.Query):
                raise _not_simple(refusing.sql("snowflake"))
    if not isinstance(location, exp.Table):
        raise UnsupportedError("COPY INTO a table from a query")
    for option in ("format", "pattern"):
        if location.args.get(option):
            raise UnsupportedError(f"stage option {option.upper()} in COPY: use the options of COPY")
    if refused := [part for part, given in location.args.items() if given and part not in ("this", "alias")]:
        raise _not_simple(refused[0].rstrip("_").upper())
    if not location.name.strip("'").startswith("@"):
        raise UnsupportedError(f"COPY INTO a table from {location.name}")
    return stage_path(location.name)


def _not_simple(what: str) -> SnowflakeError:
    return SnowflakeError(
        "SQL compilation error:\nCOPY statement only supports simple SELECT from stage statements for import: "
        f"{what} is not supported."
    )


def _check_options(options: Mapping[str, Any]) -> None:
    for name, value in sorted(options.items()):
        if name in _OPTIONS:
            continue
        if name not in _ONLY_AT:
            raise SnowflakeError(f"SQL compilation error:\ninvalid copy option '{name}'.")
        if (value.upper() if isinstance(value, str) else value) not in _ONLY_AT[name]:
            raise UnsupportedError(f"COPY option {name} = {value}")
    files = options.get("FILES", ("",))
    if not isinstance(files, tuple) or not files:
        raise InvalidValueError("FILES", files or "")
    if len(files) > MOST_FILES:
        raise SnowflakeError(f"SQL compilation error:\nFILES has more than {MOST_FILES:,} names; use PATTERN.")


def copy_options(tree: exp.Copy) -> dict[str, Any]:
    """Return the options of a COPY by name.

    Raises:
        SnowflakeError: one is given twice, or has no value.
    """
    return _options((param.name, _option(param)) for param in tree.args.get("params", []))


def _option(param: exp.Expr) -> Any:
    if param.expressions:  # with something else in them for each comma
        options = [option for option in param.expressions if isinstance(option, exp.Property)]
        return _options((option.name, _literal(option.args["value"])) for option in options)
    if param.args.get("expression") is None:
        raise SqlSyntaxError(f"option {param.name.upper()} has no value.")
    if param.name.upper() == "INCLUDE_METADATA" and isinstance(param.expression, exp.Tuple | exp.Paren):
        given = param.expression
        return columns_of_metadata(given.expressions if isinstance(given, exp.Tuple) else [given.this])
    return _literal(param.expression)


def _options(given: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return options by name; one given twice would leave open which of its values counts."""
    options: dict[str, Any] = {}
    for name, value in given:
        if name.upper() in options:
            raise SnowflakeError(f"SQL compilation error:\nduplicate option '{name.upper()}'.")
        options[name.upper()] = value
    return options


def _literal(node: exp.Expr) -> Any:
    if isinstance(node, exp.Tuple | exp.Paren):
        return tuple(map(_literal, node.expressions if isinstance(node, exp.Tuple) else [node.this]))
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Literal) and not node.is_string:
        return int(node.name) if node.name.isdigit() else node.name
    return node.sql("snowflake") if isinstance(node, exp.Table) else node.name


def _file_format(options: Any) -> Mapping[str, Any]:
    if isinstance(options, str) and options:
        return {"FORMAT_NAME": options}
    if not isinstance(options, Mapping):
        raise InvalidValueError("FILE_FORMAT", options)
    if "FORMAT_NAME" in options and len(options) > 1:
        raise SnowflakeError("SQL compilation error:\nFORMAT_NAME and other file format options exclude each other.")
    return options


def checked_pattern(pattern: Any) -> str:
    """Return a PATTERN.

    Raises:
        UnsupportedError: it has a class such as [[:digit:]], which Python's expressions have not.
        SnowflakeError: it is no regular expression.
    """
    if "[:" in str(pattern):
        raise UnsupportedError(f"POSIX character class in PATTERN = '{pattern}'")
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        raise SnowflakeError(f"SQL compilation error:\ninvalid regular expression '{pattern}': {error}") from error
    return pattern


def truth(name: str, options: Mapping[str, Any]) -> bool:
    """Return an option that is true or false, false where it is not given.

    Raises:
        InvalidValueError: it is neither.
    """
    value = options.get(name, False)
    if not isinstance(value, bool):
        raise InvalidValueError(name, value)
    return value


def _truncates(options: Mapping[str, Any]) -> bool:
    """TRUNCATECOLUMNS and ENFORCE_LENGTH say the same, the one the other way round."""
    said = {truth("TRUNCATECOLUMNS", options)} if "TRUNCATECOLUMNS" in options else set[bool]()
    said |= {not truth("ENFORCE_LENGTH", options)} if "ENFORCE_LENGTH" in options else set()
    if len(said) > 1:
        raise SnowflakeError("SQL compilation error:\nTRUNCATECOLUMNS and ENFORCE_LENGTH contradict each other.")
    return True in said


def _on_error(value: object) -> OnError:
    word = str(value).upper()
    if word in ("ABORT_STATEMENT", "CONTINUE"):
        return OnError(word)
    match = _SKIP_FILE.fullmatch(word)
    if match and not (match["percent"] and int(match["limit"]) > _ALL_PERCENT):
        return OnError("SKIP_FILE", int(match["limit"] or 1), match["percent"] is not None)
    raise InvalidValueError("ON_ERROR", value)
