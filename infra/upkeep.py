"""Upkeep: the tasks that find files whose event was lost, keep the load history, and tell of what no pipe's error says.

A check is a task whose statement fails when something is found, and a task that fails tells by its error integration,
as a pipe does of a rejected file: one way for everything that is told. (An ALERT is a preview feature of the provider,
needs a warehouse, and a failing RESUME of it is swallowed.) The tasks are serverless: a warehouse that its quota has
suspended is one of the things to be told of.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake

from infra.alerts import Alerts
from infra.ingestion import Ingestion
from infra.load_history import COPIED_EVERY_MINUTES, copying_statement
from infra.models import Models
from infra.naming import LOAD_HISTORY, NEW_LOAD_ATTEMPTS, OPS
from infra.sql_catalog import Relation

SIZE = "XSMALL"
CHECK_MINUTES = 60
"""How often models and pipes are looked at; what is found is told again each time, until it is mended."""

RECONCILED_AT = "0 5 * * *"
"""When the counts are compared, which reads every row; UTC."""


@dataclass(frozen=True)
class UpkeepArgs:
    """What the upkeep is made of.

    Attributes:
        schema: schema OPS, where the tasks stand.
        ingestion: the pipes.
        models: the views that tell what is wrong.
        alerts: who is told; None for nobody, and then nothing is checked.
        sweep_seconds: how often every pipe is refreshed.
    """

    schema: snowflake.Schema
    ingestion: Ingestion
    models: Models
    alerts: Alerts | None
    sweep_seconds: int


class Upkeep(pulumi.ComponentResource):
    """What runs by itself beside the pipes and the models."""

    def __init__(self, name: str, args: UpkeepArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("retail-snowpipe:upkeep:Upkeep", name, None, opts)
        self._args = args
        every = snowflake.TaskScheduleArgs(minutes=args.sweep_seconds // 60)
        for feed, pipe in args.ingestion.pipes.items():
            refresh = pipe.fully_qualified_name.apply(lambda full: f"ALTER PIPE {full} REFRESH")
            what = "Loads files of the last 7 days whose event was lost"
            self._task(f"{feed}-sweep", f"SWEEP_{feed.upper()}", what, every, refresh, [pipe])
        self._keep_load_history()
        if args.alerts:
            self._check(
                "findings",
                snowflake.TaskScheduleArgs(minutes=CHECK_MINUTES),
                "Fails, and so tells, when a model or pipe does not do its work",
                "OBJECT || ' is ' || PROBLEM || ' (' || DETAIL || '): ' || REMEDY",
            )
            self._check(
                "reconciliation",
                snowflake.TaskScheduleArgs(using_cron=f"{RECONCILED_AT} UTC"),
                "Fails, and so tells, when counts do not agree, or none were compared",
                "SUBJECT || ' has ' || FOUND || ' instead of ' || EXPECTED || ' (' || CHECK_NAME || ')'",
                "EXPECTED <> FOUND",
            )
        self.register_outputs({})

    def _keep_load_history(self) -> None:
        read = {name: self._args.models.relations[Relation(OPS, name)] for _, name in (LOAD_HISTORY, NEW_LOAD_ATTEMPTS)}
        names = {name: relation.fully_qualified_name for name, relation in read.items()}
        every = snowflake.TaskScheduleArgs(minutes=COPIED_EVERY_MINUTES)
        what = "Copies the load history, which Snowflake forgets, into a table"
        statement = pulumi.Output.all(**names).apply(copying_statement)
        self._task("keep-load-history", "KEEP_LOAD_HISTORY", what, every, statement, [*read.values()])

    def _check(
        self, name: str, schedule: snowflake.TaskScheduleArgs, what: str, told: str, wrong: str | None = None
    ) -> None:
        view = self._args.models.relations[Relation(OPS, name.upper())]
        statement = view.fully_qualified_name.apply(lambda full: check_statement(full, told, wrong))
        self._task(f"check-{name}", f"CHECK_{name.upper()}", what, schedule, statement, [view])

    def _task(
        self,
        name: str,
        task: str,
        what: str,
        schedule: snowflake.TaskScheduleArgs,
        statement: pulumi.Output[str],
        after: list[pulumi.Resource],
    ) -> None:
        schema, alerts = self._args.schema, self._args.alerts
        snowflake.Task(
            name,
            database=schema.database,
            schema=schema.name,
            name=task,
            comment=what,
            user_task_managed_initial_warehouse_size=SIZE,
            schedule=schedule,
            sql_statement=statement,
            error_integration=alerts.integration.name if alerts else None,
            # By default ten failures in a row suspend a task, and a check that finds something fails.
            suspend_task_after_num_failures=0,
            started=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*after, *([alerts.access] if alerts else [])]),
        )


def check_statement(view: str, told: str, wrong: str | None) -> str:
    """Return a statement that fails with what a view tells: the words become a number, which they are not.

    Args:
        view: the view's full name.
        told: the words for a row, as SQL.
        wrong: which rows are to be told of; None for all, and then a view without rows is well.
    """
    rows = f"SELECT {told} AS TOLD, {wrong or 'TRUE'} AS IS_WRONG FROM {view}"  # noqa: S608 - all three are ours
    nothing = "" if wrong is None else "WHEN COUNT(*) = 0 THEN 'nothing was compared' "
    words = f"CASE {nothing}WHEN COUNT_IF(IS_WRONG) = 0 THEN '0' ELSE LISTAGG(IFF(IS_WRONG, TOLD, NULL), '; ') END"
    return f"SELECT TO_NUMBER({words}) AS FOUND FROM ({rows})"  # noqa: S608
