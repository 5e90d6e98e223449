"""Reading a file of ``sql/``: Jinja template in, one parsed Snowflake statement out, errors in one line. Pure.

What several files say stands in ``sql/macros/``, one macro a file, which a template imports:
``{% from "logical_path.sql" import logical_path %}``.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import jinja2
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from infra.errors import CatalogError
from landing_keys import CONTENT_PATTERN

MACROS = "macros"
"""The folder beside those of the schemas whose files are imported, and not deployed."""

BOOTSTRAP = "bootstrap"
"""The folder whose files an administrator runs, once and before anything is deployed."""


StatementT = TypeVar("StatementT", bound=exp.Expr)


@functools.cache
def _jinja(macros: Path) -> jinja2.Environment:
    # SQL is no markup: escaping would turn its quotes into entities.
    jinja = jinja2.Environment(
        loader=jinja2.FileSystemLoader(macros),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701
    )
    # A global, and no variable of the templates, because macros see none of those.
    jinja.globals["content_pattern"] = CONTENT_PATTERN
    return jinja


@dataclass(frozen=True)
class SqlFile:
    """A file that was read and is a Jinja template.

    Attributes:
        path: the file.
        template: what it holds.
    """

    path: Path
    template: jinja2.Template

    @classmethod
    def read(cls, path: Path) -> SqlFile:
        """Read a file.

        Raises:
            CatalogError: there is none, or it is no Jinja template.
        """
        try:
            return cls(path, _jinja(path.parent.parent / MACROS).from_string(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeError) as error:
            raise CatalogError(f"{shown(path)}: cannot be read: {getattr(error, 'strerror', error)}") from None
        except jinja2.TemplateSyntaxError as error:
            raise CatalogError(f"{shown(path)}:{error.lineno}: {error.message}") from None

    def render(self, **variables: object) -> str:
        """Return its SQL with the variables filled in.

        Raises:
            CatalogError: it uses another variable, or a macro that cannot be imported.
        """
        try:
            return self.template.render(variables)
        except jinja2.UndefinedError as error:
            known = ", ".join(sorted(variables))
            raise CatalogError(f"{shown(self.path)}: {error.message}; the variables are {known}") from None
        except jinja2.TemplateNotFound as error:
            raise CatalogError(f"{shown(self.path)}: imports {error.name}, which is not in sql/{MACROS}/") from None
        except jinja2.TemplateSyntaxError as error:
            raise CatalogError(f"sql/{MACROS}/{error.name}:{error.lineno}: {error.message}") from None


def parse_statement(path: Path, sql: str, kind: type[StatementT], wanted: str) -> StatementT:
    """Return the syntax tree of a file's only statement.

    Args:
        path: the file, for the error.
        sql: its SQL.
        kind: what the statement has to be.
        wanted: the same in words, for the error.

    Raises:
        CatalogError: it is no SQL, or not one statement of this kind.
    """
    try:
        statements = [statement for statement in sqlglot.parse(sql, read="snowflake") if statement]
    except ParseError as error:
        first = error.errors[0]
        problem = str(first["description"]).split(" <")[0]
        near = f"{first['highlight']}{first['end_context'][:40]}".split("\n")[0]
        raise CatalogError(f"{shown(path)}: {problem} near {near!r}") from None
    except TokenError as error:
        raise CatalogError(f"{shown(path)}: {str(error).splitlines()[0]}") from None
    if len(statements) != 1 or not isinstance(statements[0], kind):
        raise CatalogError(f"{shown(path)}: holds {len(statements)} statements, or not a {wanted}; it is to hold one")
    return statements[0]


def shown(path: Path) -> str:
    """Return a SQL file as a person names it, whatever folder the project is in: ``sql/core/purchases.sql``."""
    return "/".join(("sql", *path.parts[-2:]))
