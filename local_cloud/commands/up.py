"""The way of ``up`` and ``destroy``: the program on fresh accounts, the files, the pipes, the models, the count."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local_cloud.accounts import Accounts, open_accounts, region_of
from local_cloud.commands.bucket_owner import make_what_is_there, point_bucket_at_topic
from local_cloud.commands.export import check_export, export_view
from local_cloud.commands.made_elsewhere import make_what_config_names
from local_cloud.commands.own_names import feeds_to_come, with_formats
from local_cloud.commands.summary import Summary, is_reconciled, summarize, summarize_any
from local_cloud.errors import FailedRunError, InputError
from local_cloud.landing.data_folder import (
    DataFolder,
    check_is_finished,
    land,
    read_data_folder,
)
from local_cloud.landing.starter_data import STARTER_DATA, make_starter_data
from local_cloud.program.config import PROJECT, read_stack
from local_cloud.program.deployed_stack import DeployedStack
from local_cloud.program.engine import Stack, run_program
from local_cloud.progress import Progress
from local_cloud.reconciliation.checks import reconcile
from local_cloud.reconciliation.deployed_feeds import RECONCILED_BY, DeployedFeed, deployed_feeds
from local_cloud.resources import Registry
from local_cloud.snowflake_account.data.load_history import LoadRecord
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowpipe.loader import Snowpipe
from local_cloud.state.folder import State, hold_state

_PROVIDERS = "pulumi_aws", "pulumi_snowflake"
"""Two seconds that the program would spend at its beginning; as a phase of their own they explain themselves."""

_FILES_PER_DRAIN = 500
"""After how many landed files the pipes catch up: a queue that stays short is a queue that stays fast."""


@dataclass(frozen=True)
class UpRequest:
    """What ``up`` is asked for.

    Attributes:
        state: the state folder.
        stack: the stack's name.
        data: a data folder that an S3 client puts into the bucket; None lets the program land its own.
        role_takes_effect_after: how many attempts to assume the IAM role fail first.
        export: where the requested view is left as CSV, if anywhere.
        program: the folder of the Pulumi program; None for this project's own.
    """

    state: Path
    stack: str
    data: Path | None = None
    role_takes_effect_after: int = 0
    export: Path | None = None
    program: Path | None = None


@dataclass(frozen=True)
class UpResult:
    """What an ``up`` left behind."""

    stack: DeployedStack
    summary: Summary


def up(request: UpRequest, progress: Progress) -> UpResult:
    """Deploy the program to a fresh embedded cloud, land the files, load them, refresh the models and count.

    Raises:
        InputError: the data folder or the stack's config is not usable; nothing was begun.
        FailedRunError: the work did not come to its end; the earlier state is as it was.
    """
    plan = plan_up(request)
    with hold_state(request.state, "up") as state:
        return carry_out(plan, state, progress)


@dataclass(frozen=True)
class UpPlan:
    """An ``up`` that has been checked and not begun."""

    request: UpRequest
    stack: Stack
    region: str
    data: DataFolder | None

    @property
    def data_dir(self) -> str:
        """The folder whose files the program itself lands, within the project; empty for none."""
        return self.stack.config.get(f"{self.stack.project}:dataDir", "")


def plan_up(request: UpRequest) -> UpPlan:
    """Check what an ``up`` is asked for.

    Raises:
        InputError: the data folder, the stack's config or the file to export to is not usable.
    """
    if request.export:
        check_export(request.export)
    own = request.program in {None, PROJECT}
    if request.data:
        check_is_finished(request.data)
    stack = read_stack(request.program or PROJECT, request.stack, {"dataDir": ""} if request.data else {})
    data = None
    if request.data and own:
        feeds = feeds_to_come(stack, request.data)
        data, stack = read_data_folder(request.data, feeds), with_formats(stack, feeds)
    return UpPlan(request, stack, region_of(stack.config), data)


def carry_out(plan: UpPlan, state: State, progress: Progress) -> UpResult:
    """Do what was planned, in a state folder that is held."""
    _name_what_is_passed_over(plan.data, progress)
    if plan.data_dir == STARTER_DATA:
        make_starter_data(plan.stack.program.parent, progress)
    try:
        with state.new_generation() as generation:
            return _build(plan, generation, progress)
    except SnowflakeError as error:
        raise FailedRunError(str(error)) from error
    except BrokenPipeError:  # nobody reads what is said: no matter of the state
        raise
    except (OSError, sqlite3.Error) as error:
        raise FailedRunError(f"the run broke off: {error}; what {state.folder} held before is as it was") from error


def _build(plan: UpPlan, generation: Path, progress: Progress) -> UpResult:
    opening = {"region": plan.region, "role_takes_effect_after": plan.request.role_takes_effect_after}
    with open_accounts(generation, **opening) as accounts:
        deployed = _deploy(plan.stack, accounts, plan.region, progress)
        deployed.save(generation)
        return UpResult(deployed, _load(deployed, accounts, plan, progress))


def _deploy(stack: Stack, accounts: Accounts, region: str, progress: Progress) -> DeployedStack:
    registry = Registry(accounts.aws, accounts.snowflake)
    if named := make_what_config_names(stack, accounts.snowflake) + make_what_is_there(stack, accounts):
        progress.note(f"the account begins with what the stack's config takes for given: {', '.join(named)}")
    with progress.phase("Importing the providers", "Imported the providers"):
        for module in _PROVIDERS:
            importlib.import_module(module)
    with progress.phase("Deploying the program", "Deployed the program") as phase:
        deployment = run_program(
            stack, registry, on_resource=lambda resource: phase.advance(resource.name), on_message=progress.note
        )
        phase.summary = f"{sum(resource.custom for resource in deployment.resources):,} resources"
    point_bucket_at_topic(stack, accounts, deployment.outputs)
    return DeployedStack(stack.project, stack.name, region, deployment)


def _load(stack: DeployedStack, accounts: Accounts, plan: UpPlan, progress: Progress) -> Summary:
    snowpipe = Snowpipe(accounts.snowflake, accounts.aws)
    if not is_reconciled(stack):
        return _load_any(stack, accounts, plan, progress)
    feeds = deployed_feeds(accounts.snowflake, stack.outputs["database"])
    data = plan.data or _data_folder(plan, feeds)
    if plan.data is None:
        _name_what_is_passed_over(data, progress)
    if plan.request.data and data:
        s3, deliveries = accounts.aws.client("s3"), data.deliveries
        with progress.phase("Landing the files", "Landed the files", len(deliveries)) as phase:
            for start in range(0, len(deliveries), _FILES_PER_DRAIN):
                batch = deliveries[start : start + _FILES_PER_DRAIN]
                land(s3, stack.outputs["bucket"], batch, phase.advance)
                if start + _FILES_PER_DRAIN < len(deliveries):
                    snowpipe.run_until_idle()
            phase.summary = f"{len(deliveries):,} files"
    with progress.phase("Loading the files", "Loaded the files") as phase:
        snowpipe.run_until_idle(lambda _: phase.advance())
    with progress.phase("Refreshing the models", "Refreshed the models"):
        accounts.snowflake.refresh_dynamic_tables()
    with progress.phase("Verifying", "Verified files = RAW = CORE = MART"):
        found = reconcile(accounts.snowflake, stack.outputs["database"], feeds, data)
        summary = summarize(stack, accounts.snowflake, found)
    if file := plan.request.export:
        with progress.phase("Exporting the view", "Exported the view") as phase:
            export_view(accounts.snowflake, stack.outputs["view"], file)
            phase.summary = f"{summary.view_rows:,} rows in {file}"
    return summary


def _data_folder(plan: UpPlan, feeds: Sequence[DeployedFeed]) -> DataFolder | None:
    if plan.request.data:
        return read_data_folder(plan.request.data, feeds)
    return read_data_folder(plan.stack.program.parent / plan.data_dir, feeds) if plan.data_dir else None


def _load_any(stack: DeployedStack, accounts: Accounts, plan: UpPlan, progress: Progress) -> Summary:
    """Load what has landed by a program of which nothing more is known than its resources."""
    for option, given in (("--data", plan.request.data), ("--export", plan.request.export)):
        if given:
            view = ".".join(RECONCILED_BY)
            raise InputError(f"{option} takes a program that deploys the view {view}; {stack.project} has none")
    files: list[LoadRecord] = []
    with progress.phase("Loading the files", "Loaded the files") as phase:
        Snowpipe(accounts.snowflake, accounts.aws).run_until_idle(files.append)
        phase.summary = f"{len(files):,} files"
    with progress.phase("Refreshing the models", "Refreshed the models"):
        accounts.snowflake.refresh_dynamic_tables()
    return summarize_any(stack, accounts.snowflake, files)


def _name_what_is_passed_over(data: DataFolder | None, progress: Progress) -> None:
    if data and data.passed_over:
        progress.note(data.what_was_passed_over)
