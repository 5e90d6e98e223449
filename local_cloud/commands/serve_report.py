"""What a person reads when both endpoints answer: what to export, and which client takes what."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from local_cloud.commands.report import dashboard_command
from local_cloud.state.endpoints_file import Endpoints


def print_endpoints(console: Console, endpoints: Endpoints, file: Path, state_option: str, *, deployable: bool) -> None:
    """Print where the accounts answer, and how to try each client.

    Args:
        console: where to.
        endpoints: where they answer.
        file: the file of the same variables.
        state_option: how commands name the state folder: empty, or `` --state DIR``.
        deployable: whether the stack that Pulumi's CLI deploys names these endpoints.
    """
    near = os.path.relpath(file)
    shown = shlex.quote(near if len(near) < len(str(file)) else str(file))
    variables = endpoints.variables
    lines = [
        "",
        "[bold green]Serving[/] [dim](Ctrl-C ends it; everything stays in the state folder)[/]",
        f"  AWS        {variables['AWS_ENDPOINT_URL']}",
        f"  Snowflake  http://{variables['SNOWFLAKE_HOST']}:{endpoints.snowflake_port}",
        "",
        "[dim]In another shell:[/]",
        f"  set -a; . {escape(shown)}; set +a",
        "  aws s3 cp customers.csv s3://$LANDING_BUCKET/customers/",
        *(["  pulumi up --stack local"] if deployable else []),
        f"  {escape(dashboard_command(state_option))}",
        "",
        "[dim]which exports[/]",
        *(f"  {name}={escape(shlex.quote(value))}" for name, value in variables.items()),
    ]
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
