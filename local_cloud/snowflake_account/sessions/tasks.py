"""Tasks: their statements, run as their owners when they are due or asked for, and told of when they fail.

https://docs.snowflake.com/en/user-guide/tasks-intro
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from local_cloud.snowflake_account.access.needs import Need
from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.catalog.parameters import PARAMETERS
from local_cloud.snowflake_account.data import task_history
from local_cloud.snowflake_account.data.task_history import FAILED, SKIPPED, SUCCEEDED, TaskRun
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.schedules import next_run
from local_cloud.snowflake_account.language.session_context import LOCATOR, ActiveRoles
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.sessions.beginning import Beginning
from local_cloud.snowflake_account.sessions.session import Session
from local_cloud.snowflake_account.sessions.shared import Shared

BY_SCHEDULE, BY_HAND = "SCHEDULE", "EXECUTE_TASK"

_MOST_FAILURES = "SUSPEND_TASK_AFTER_NUM_FAILURES"


class Tasks:
    """The account's tasks."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def run_due(self, now: datetime) -> None:
        """Run each task whose time has come; times that were missed meanwhile count as one."""
        for task in list(self._shared.catalog.list(Kind.TASK)):
            if due := self._due(task, now):
                self._run_graph(task, due, BY_SCHEDULE)

    def execute(self, name: Name) -> None:
        """Run a task, and those after it, whether it is suspended or not; how it ends is in its history.

        Raises:
            DoesNotExistError: it is not there.
        """
        self._run_graph(self._shared.catalog.get(Kind.TASK, name), datetime.now(UTC), BY_HAND)

    def _due(self, task: StoredObject, now: datetime) -> datetime | None:
        given = task.attributes
        if given["SUSPENDED"] or given["AFTER"] or not (schedule := given.get("SCHEDULE")):
            return None
        since = datetime.fromtimestamp(given.get("RESUMED_ON", task.created_on), UTC)
        with self._shared.loading:
            last = task_history.last_scheduled(self._shared.databases.duck, task.name)
        due = next_run(schedule, max(since, last) if last else since)
        if due > now:
            return None
        while (later := next_run(schedule, due)) <= now:
            due = later
        return due

    def _run_graph(self, root: StoredObject, scheduled: datetime, origin: str) -> None:
        """Run a task and then those whose predecessors have all succeeded."""
        succeeded: set[Name] = set()
        todo = [root]
        while todo:
            task = todo.pop(0)
            if self._run(task, scheduled, origin):
                succeeded.add(task.name)
                todo += self._next(task, succeeded)
            else:
                self._suspend_if_failing(root.name, task.name)

    def _suspend_if_failing(self, root: Name, failed: Name) -> None:
        """Suspend a graph by its root once one of its tasks has failed as often in a row as the root says.

        https://docs.snowflake.com/en/sql-reference/parameters#suspend-task-after-num-failures
        """
        shared = self._shared
        with shared.changing():
            task = shared.catalog.find(Kind.TASK, root)
            if task is None or task.attributes["SUSPENDED"]:
                return
            most = int(task.attributes.get(_MOST_FAILURES, PARAMETERS[Kind.TASK][_MOST_FAILURES]))
            since = datetime.fromtimestamp(task.attributes.get("RESUMED_ON", task.created_on), UTC)
            if 0 < most <= task_history.failures_in_a_row(shared.databases.duck, failed, since):
                now = datetime.now(UTC).timestamp()
                shared.catalog.update(task, {**task.attributes, "SUSPENDED": True, "SUSPENDED_ON": now})

    def _next(self, done: StoredObject, succeeded: set[Name]) -> Iterator[StoredObject]:
        for task in self._shared.catalog.list(Kind.TASK):
            before = {Name(tuple(parts)) for parts in task.attributes["AFTER"]}
            if done.name in before and before <= succeeded and not task.attributes["SUSPENDED"]:
                yield task

    def _run(self, task: StoredObject, scheduled: datetime, origin: str) -> bool:
        """Run a task's statement, record how that ended, and return whether it succeeded."""
        given, started = task.attributes, datetime.now(UTC)
        text, condition = given["DEFINITION"], given.get("WHEN")
        state, error = SUCCEEDED, None
        session = self._session(task)
        try:
            self._shared.authority.check([Need(("EXECUTE TASK",))], ActiveRoles(task.owner))
            if condition and not session.execute(f"select {condition}").rows[0][0]:
                state = SKIPPED
            else:
                session.execute(text)
        except SnowflakeError as failure:
            state, error = FAILED, failure
        finally:
            session.close()
        run = TaskRun(
            task.name,
            str(uuid.uuid4()),
            text,
            condition,
            state,
            scheduled,
            started,
            datetime.now(UTC),
            origin,
            error.code if error else None,
            error.message if error else None,
        )
        shared = self._shared
        with shared.loading, shared.commits.one():
            with shared.databases.transaction():
                task_history.add(shared.databases.duck, run)
            if error and (integration := given.get("ERROR_INTEGRATION")):
                shared.pipes.tell(task.name, integration, _message(run))
        return state == SUCCEEDED

    def _session(self, task: StoredObject) -> Session:
        database, schema, _ = task.name.parts
        warehouse = task.attributes.get("WAREHOUSE")
        return Session(self._shared, Beginning(self._shared.user, task.owner, frozenset(), warehouse, database, schema))


def _message(run: TaskRun) -> str:
    """Return what is said of a task that failed.

    https://docs.snowflake.com/en/user-guide/tasks-errors#error-notification-message-payload
    """
    payload = {
        "version": "1.0",
        "messageId": str(uuid.uuid4()),
        "messageType": "USER_TASK_FAILED",
        "timestamp": _time(datetime.now(UTC)),
        "accountName": LOCATOR,
        "taskName": str(run.task),
        "rootTaskName": str(run.task),
        "messages": [
            {
                "runId": _time(run.scheduled),
                "scheduledTime": _time(run.scheduled),
                "queryStartTime": _time(run.started),
                "completedTime": _time(run.completed),
                "queryId": run.query_id,
                "errorCode": f"{run.error_code:06d}" if run.error_code else None,
                "errorMessage": run.error,
            }
        ],
    }
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False)


def _time(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
