"""What a statement reads of staged files: the rows of `FROM @stage`, given to the connection as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account.copying.job import format_of
from local_cloud.snowflake_account.copying.staged_query import staged_rows
from local_cloud.snowflake_account.dialect.staged_sources import StageSource, stage_sources
from local_cloud.snowflake_account.language.full_names import full_path
from local_cloud.snowflake_account.language.session_context import SessionContext
from local_cloud.snowflake_account.language.stage_paths import stage_path
from local_cloud.snowflake_account.sessions.shared import Shared
from local_cloud.snowflake_account.stages.file_statements import matching


def put_staged_rows_into(
    tree: exp.Expr, shared: Shared, context: SessionContext, registered: dict[str, pa.Table]
) -> None:
    """Put the rows of staged files in the place of each stage that a statement reads.

    Args:
        tree: the statement; changed.
        shared: where stages, formats and the connections for reading are.
        context: the session, for names.
        registered: gets the rows, by the names that the statement has for them then.

    Raises:
        SnowflakeError: a stage, format or file cannot be read.
    """
    for number, source in enumerate(stage_sources(tree), 1):
        name = f"STAGED.{number}"
        registered[name] = _rows(source, shared, context)
        source.read_from(name, registered[name].column_names, number)


def _rows(source: StageSource, shared: Shared, context: SessionContext) -> pa.Table:
    where = full_path(stage_path(source.location), context.home, context.user)
    given: Mapping[str, Any] = shared.catalog.get(where.kind, where.name).attributes.get("FILE_FORMAT") or {}
    if source.file_format:
        given = {"FORMAT_NAME": source.file_format.quoted}
    file_format = format_of(given, context.home, shared.catalog)
    reader = shared.stages.files(where)
    keys = [file.key for file in matching(reader, source.pattern)]
    return staged_rows(
        shared.databases,
        reader,
        keys,
        file_format,
        highest=source.highest if source.needs_fields else None,
        most=source.most,
    )
