"""The table functions that look at staged files: INFER_SCHEMA and VALIDATE.

https://docs.snowflake.com/en/sql-reference/functions/infer_schema
https://docs.snowflake.com/en/sql-reference/functions/validate
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account.copying.command import ExecutedCopy
from local_cloud.snowflake_account.copying.inferred_schema import inferred_schema
from local_cloud.snowflake_account.copying.job import format_of
from local_cloud.snowflake_account.copying.validation import ERROR_COLUMNS, errors_in
from local_cloud.snowflake_account.data.history_calls import INFERENCE, HistoryCall, history_calls
from local_cloud.snowflake_account.dialect.relations import column_as_relation, full_relation
from local_cloud.snowflake_account.errors import DoesNotExistError, InvalidValueError, SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.copy_statement import MOST_FILES, truth
from local_cloud.snowflake_account.language.full_names import full_path
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.session_context import SessionContext
from local_cloud.snowflake_account.language.stage_paths import stage_path
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Result, rows_of
from local_cloud.snowflake_account.sessions.query_history import QueryHistory, table_of
from local_cloud.snowflake_account.sessions.shared import Shared

INFER_SCHEMA, VALIDATE = "INFER_SCHEMA", "VALIDATE"


def put_answers_into(
    tree: exp.Expr, shared: Shared, history: QueryHistory, context: SessionContext, registered: dict[str, pa.Table]
) -> None:
    """Put what these functions answer in the place of their calls.

    Args:
        tree: the statement; changed.
        shared: what the session shares with others.
        history: what the session has executed.
        context: the session.
        registered: gets the answers, by the names that the statement has for them then.

    Raises:
        SnowflakeError: an argument is wrong, or a file cannot be read.
    """
    for number, call in enumerate(history_calls(tree, INFER_SCHEMA, INFERENCE, ("LOCATION", "FILE_FORMAT")), 1):
        _put(call, f"{INFER_SCHEMA}.{number}", _inferred(call, shared, context), registered)
    for number, call in enumerate(history_calls(tree, VALIDATE, ("TABLE", "JOB_ID"), ("TABLE", "JOB_ID")), 1):
        _put(call, f"{VALIDATE}.{number}", _validated(call, shared, history, context), registered)


def _put(call: HistoryCall, name: str, answer: Result, registered: dict[str, pa.Table]) -> None:
    registered[name] = table_of(answer)
    columns = [exp.column(column.name, quoted=True) for column in answer.columns]
    query = exp.select(*columns).from_(exp.table_(name, db="main", catalog="temp", quoted=True))
    call.replace(query, name.partition(".")[0])


def _inferred(call: HistoryCall, shared: Shared, context: SessionContext) -> Result:
    given = {name: _constant(name, value) for name, value in call.arguments.items()}
    kind = str(given.get("KIND", "STANDARD")).upper()
    if kind != "STANDARD":
        raise UnsupportedError(f"{INFER_SCHEMA} with KIND => '{kind}'")
    where = stage_path(str(given["LOCATION"]))
    if where.kind is Kind.TABLE:
        raise SnowflakeError(f"SQL compilation error:\n{INFER_SCHEMA} does not support the stages of tables.")
    reader = shared.stages.files(full_path(where, context.home, context.user))
    files = given.get("FILES", ())
    if not isinstance(files, tuple) or len(files) > MOST_FILES:
        raise InvalidValueError("FILES", files)
    return inferred_schema(
        reader,
        format_of({"FORMAT_NAME": str(given["FILE_FORMAT"])}, context.home, shared.catalog),
        files=files,
        ignores_case=truth("IGNORE_CASE", given),
        most_files=_number(given, "MAX_FILE_COUNT"),
        most_records=_number(given, "MAX_RECORDS_PER_FILE"),
    )


def _constant(name: str, value: exp.Expr) -> object:
    if isinstance(value, exp.Boolean):
        return bool(value.this)
    if isinstance(value, exp.Tuple | exp.Paren):
        parts = value.expressions if isinstance(value, exp.Tuple) else [value.this]
        return tuple(str(_constant(name, part)) for part in parts)
    if isinstance(value, exp.Literal):
        return value.name if value.is_string else int(value.name) if value.name.isdigit() else value.name
    raise InvalidValueError(name, value.sql("snowflake"))


def _number(given: Mapping[str, object], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidValueError(name, value)
    return value


def _validated(call: HistoryCall, shared: Shared, history: QueryHistory, context: SessionContext) -> Result:
    table = call.arguments["TABLE"]
    if not isinstance(table, exp.Column):
        raise InvalidValueError("TABLE", table.sql("snowflake"))
    named = full_relation(column_as_relation(table), context.home)
    if shared.catalog.find_relation(named) is None:
        raise DoesNotExistError("TABLE", str(named))
    asked = call.arguments["JOB_ID"].name
    is_last = asked.upper() == "_LAST"
    query_id = history.last_copy if is_last else asked
    if query_id is None or (found := shared.copies.get(query_id)) is None or found.user != context.user:
        raise SnowflakeError(f"Invalid job ID '{asked}': no COPY of this user has it.", code=2003, sqlstate="02000")
    return _errors_of(found.copy, None if is_last else named, shared)


def _errors_of(copy: ExecutedCopy, table: Name | None, shared: Shared) -> Result:
    """Return the errors that a COPY had; one that stops at the first has loaded nothing that has any."""
    job = copy.job
    if table and job.table != table:
        raise SnowflakeError(f"SQL compilation error:\nthe COPY was not into table '{table}' but into '{job.table}'.")
    if job.statement.select is not None:
        raise SnowflakeError("SQL compilation error:\nVALIDATE does not support COPY statements that transform data.")
    if job.on_error.action == "ABORT_STATEMENT":
        return rows_of(ERROR_COLUMNS, [])
    reader = shared.stages.files(job.where)
    there = {file.key for file in reader.list_files()}
    gone = [job.file_name(key) for key in copy.keys if key not in there]
    with shared.loading:
        return errors_in(shared.databases, job, reader, [key for key in copy.keys if key in there], gone)
