"""SYSTEM$PIPE_STATUS: the state of a pipe as a JSON text, in the place of the function's call.

https://docs.snowflake.com/en/sql-reference/functions/system_pipe_status
"""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlglot import exp

from local_cloud.snowflake_account.data.load_history import LoadRecord
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.tokens import Name, Tokens

_FUNCTION = "SYSTEM$PIPE_STATUS"


def replace_pipe_status(tree: exp.Expr, status_of: Callable[[Name], str]) -> exp.Expr:
    """Replace each call of SYSTEM$PIPE_STATUS in a statement by its answer.

    Args:
        tree: the statement; changed.
        status_of: returns a pipe's status text by the pipe's name as written.

    Raises:
        SnowflakeError: a call without one text as its argument, or of a pipe that is not there.
    """
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name.upper() == _FUNCTION:
            if len(call.expressions) != 1 or not call.expressions[0].is_string:
                raise SnowflakeError(f"SQL compilation error:\n{_FUNCTION} needs the pipe's name as one text.")
            call.replace(exp.Literal.string(status_of(Tokens(call.expressions[0].name).name())))
    return tree


def status_text(
    state: str, channel: str | None, outstanding: int, last: LoadRecord | None, error: str | None = None
) -> str:
    """Return the JSON text of a pipe's status.

    Args:
        state: the execution state.
        channel: the ARN of the queue; None for a pipe that does not ingest by itself.
        outstanding: messages that wait in the queue, for whichever pipe.
        last: the file that the pipe loaded last.
        error: why the pipe cannot load, if anybody knows.
    """
    found: dict[str, str | int] = {"executionState": state, "pendingFileCount": 0}
    if last:
        found["lastIngestedTimestamp"] = last.last_load_time.isoformat()
        found["lastIngestedFilePath"] = last.file_name
    if channel:
        found["notificationChannelName"] = channel
        found["numOutstandingMessagesOnChannel"] = outstanding
    if last and last.pipe_received_time:
        found["lastReceivedMessageTimestamp"] = last.pipe_received_time.isoformat()
    if error:
        found["error"] = error
    return json.dumps(found, separators=(",", ":"))
