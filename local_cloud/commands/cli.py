"""The command line: arguments in, exit code out. What a command needs is imported when it runs."""

from __future__ import annotations

import argparse
import io
import os
import shlex
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from local_cloud.commands.arguments import DEFAULT_STACK, DEFAULT_STATE, parse_arguments
from local_cloud.commands.interrupts import Interrupts
from local_cloud.errors import LocalCloudError

_OK, _FAILED = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Returns:
        0 when all is true that the command promises, 1 when the run failed, 2 for bad input, 130 after Ctrl-C,
        143 after SIGTERM.
    """
    interrupts = Interrupts()
    _print_whatever_is_said()
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "up": _up,
        "serve": lambda options: _serve(options, interrupts),
        "query": _query,
        "verify": _verify,
        "graph": _graph,
        "destroy": _destroy,
        "cost": _cost,
    }
    try:
        options = parse_arguments(arguments)
        return commands[options.command](options)
    except (LocalCloudError, KeyboardInterrupt) as error:
        # an interrupt that hits an import can come out of it as some other error
        if interrupts.numbers or not isinstance(error, LocalCloudError):
            return _complain("interrupted", interrupts.exit_code)
        return _complain(str(error), error.exit_code)
    except BrokenPipeError:
        # the reader (`head`, a pager) has seen enough; the interpreter would complain once more when it flushes
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except OSError as error:
        return _complain(str(error), _FAILED)


def _print_whatever_is_said() -> None:
    """Spell the characters that the terminal's encoding does not have, instead of failing on them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _complain(message: str, exit_code: int) -> int:
    line = " ".join(message.split())
    Console(stderr=True, soft_wrap=True).print(f"[bold red]error:[/] {escape(line)}", highlight=False)
    return exit_code


def _console() -> Console:
    from local_cloud.commands.report import PLAIN_WIDTH

    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


def _up(options: argparse.Namespace) -> int:
    console = _console()
    with console.status("Starting …"):
        from local_cloud.commands.up import UpRequest, up
    from local_cloud.commands.report import print_report
    from local_cloud.progress import Progress

    data = options.data.resolve() if options.data else None
    export = options.export.resolve() if options.export else None
    request = UpRequest(
        options.state.resolve(), options.stack, data, options.role_takes_effect_after, export, _program(options)
    )
    result = up(request, Progress(console))
    print_report(console, result.stack, result.summary, _state_option(options.state))
    return _FAILED if result.summary.differences else _OK


def _state_option(state: Path) -> str:
    return "" if state == DEFAULT_STATE else f" --state {shlex.quote(str(state))}"


def _serve(options: argparse.Namespace, interrupts: Interrupts) -> int:
    stop = threading.Event()
    console = _console()
    with console.status("Starting …"):
        from local_cloud.state.endpoints_file import Endpoints
    from local_cloud.commands.report import print_report
    from local_cloud.commands.serve import ServeAudience, ServeRequest, serve
    from local_cloud.commands.serve_report import print_endpoints
    from local_cloud.program.local_stack import LOCAL_STACK
    from local_cloud.progress import Progress

    request = ServeRequest(
        state=options.state.resolve(),
        stack=options.stack or (LOCAL_STACK if options.empty else DEFAULT_STACK),
        empty=options.empty,
        data=options.data.resolve() if options.data else None,
        aws_port=options.aws_port,
        snowflake_port=options.snowflake_port,
        password=options.password,
        users=options.users,
        program=_program(options),
        host=options.host,
    )
    option = _state_option(options.state)

    def announce(endpoints: Endpoints, file: Path, stack: str) -> None:
        interrupts.set_instead(stop)
        print_endpoints(console, endpoints, file, option, deployable=stack == LOCAL_STACK)

    audience = ServeAudience(
        deployed=lambda result: print_report(console, result.stack, result.summary, option),
        ready=announce,
        note=lambda line: console.print(f"[yellow]{escape(line)}[/]", highlight=False),
    )
    serve(request, Progress(console), stop, audience)
    return _OK


def _query(options: argparse.Namespace) -> int:
    from local_cloud.commands.query import run_query
    from local_cloud.commands.query_output import write_result

    write_result(run_query(options.state.resolve(), options.sql), options.format, sys.stdout)
    return _OK


def _verify(options: argparse.Namespace) -> int:
    from local_cloud.commands.verify import print_checks, verify_local, verify_snowflake
    from local_cloud.program.config import PROJECT
    from local_cloud.reconciliation.checks import all_differences

    data = options.data.resolve() if options.data else None
    if options.target == "snowflake":
        checks = verify_snowflake(PROJECT, options.stack, data)
    else:
        checks = verify_local(options.state.resolve(), data)
    print_checks(_console(), checks)
    return _FAILED if all_differences(checks) else _OK


def _graph(options: argparse.Namespace) -> int:
    from local_cloud.program.graph import FORMS, component_graph, program_resources, resource_graph

    graph = resource_graph(program_resources(_program(options), options.stack))
    sys.stdout.write(FORMS[options.format](component_graph(graph) if options.components else graph))
    return _OK


def _cost(options: argparse.Namespace) -> int:
    from local_cloud.commands.cost import print_cost
    from local_cloud.commands.cost_model import Load, estimate

    load = Load(
        options.gb_per_day,
        options.files_per_day,
        options.lag,
        options.warehouse_size,
        options.reader_hours,
        options.months,
        options.parquet_share,
    )
    print_cost(_console(), estimate(load))
    return _OK


def _program(options: argparse.Namespace) -> Path:
    from local_cloud.program.config import PROJECT

    return options.program.resolve() if options.program else PROJECT


def _destroy(options: argparse.Namespace) -> int:
    from local_cloud.commands.destroy import destroy
    from local_cloud.progress import Progress

    destroy(options.state.resolve(), Progress(_console()))
    return _OK
