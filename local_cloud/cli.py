"""The command line: arguments in, exit code out. What a command needs is imported when it runs."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.markup import escape

from local_cloud.endpoints import AWS_PORT, SNOWFLAKE_PORT
from local_cloud.errors import LocalCloudError

DEFAULT_STATE = Path(".local_cloud")
DEFAULT_STACK = "dev"

_HIGHEST_PORT = 65_535

_OK, _FAILED, _INTERRUPTED = 0, 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Returns:
        0 when all is true that the command promises, 1 when the run failed, 2 for bad input, 130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    interrupts = _listen_for_interrupts()
    try:
        return options.command(options)
    except LocalCloudError as error:
        # an interrupt that hits an import can come out of it as some other error
        return _complain("interrupted", _INTERRUPTED) if interrupts else _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _complain("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        # the reader (`head`, a pager) has seen enough; the interpreter would complain once more when it flushes
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED


def _listen_for_interrupts() -> list[int]:
    """Return a list that has an entry from the first Ctrl-C on (from the main thread; elsewhere it stays empty)."""
    interrupts: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        interrupts.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, interrupt)
    return interrupts


def _complain(message: str, exit_code: int) -> int:
    line = " ".join(message.split())
    Console(stderr=True, soft_wrap=True).print(f"[bold red]error:[/] {escape(line)}", highlight=False)
    return exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_cloud", description="The pipeline on this machine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="deploy the program to a fresh embedded cloud, land the files, load, report")
    up.set_defaults(command=_up)
    up.add_argument("--data", type=Path, metavar="DIR", help="a folder of files to put into the bucket")
    _add_stack(up)
    _add_state(up)
    up.add_argument(
        "--role-takes-effect-after",
        type=_count,
        default=0,
        metavar="N",
        help="let the first N attempts to assume the IAM role fail, as right after its creation",
    )

    _add_serve(commands)

    query = commands.add_parser("query", help="Snowflake SQL on what the last `up` left")
    query.set_defaults(command=_query)
    query.add_argument("sql", metavar="SQL")
    query.add_argument("--format", choices=("table", "csv", "json"), default="table")
    _add_state(query)

    verify = commands.add_parser("verify", help="prove that files = RAW = CORE = MART")
    verify.set_defaults(command=_verify)
    verify.add_argument("--data", type=Path, metavar="DIR", help="the folder that the files came from")
    verify.add_argument(
        "--target",
        choices=("local", "snowflake"),
        default="local",
        help="the embedded account, or the one that the SNOWFLAKE_ variables name (%(default)s)",
    )
    _add_stack(verify)
    _add_state(verify)

    graph = commands.add_parser("graph", help="the program's resource graph")
    graph.set_defaults(command=_graph)
    graph.add_argument("--format", choices=("mermaid", "dot"), default="mermaid")
    graph.add_argument("--components", action="store_true", help="one box per component, without its resources")
    _add_stack(graph)

    destroy = commands.add_parser("destroy", help="undo the program in reverse order and remove the state folder")
    destroy.set_defaults(command=_destroy)
    _add_state(destroy)
    return parser


def _add_serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help="keep both accounts running on loopback ports; files load live")
    serve.set_defaults(command=_serve)
    serve.add_argument("--empty", action="store_true", help="deploy nothing: `pulumi up --stack local` will")
    serve.add_argument("--data", type=Path, metavar="DIR", help="as in `up`, for a fresh state folder")
    serve.add_argument("--stack", metavar="NAME", help=f"stack ({DEFAULT_STACK}; with --empty local)")
    serve.add_argument("--aws-port", type=_port, default=AWS_PORT, metavar="N", help="AWS endpoint (%(default)s)")
    serve.add_argument(
        "--snowflake-port", type=_port, default=SNOWFLAKE_PORT, metavar="N", help="Snowflake endpoint (%(default)s)"
    )
    serve.add_argument("--password", type=_password, help="of the Snowflake user (drawn once and kept in the folder)")
    _add_state(serve)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 1 to {_HIGHEST_PORT}, or 0 for any free one")
    return int(text)


def _password(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise argparse.ArgumentTypeError("an empty or unprintable password keeps nobody out: give another one")
    return text


def _add_state(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE, metavar="DIR", help="state folder (%(default)s)")


def _add_stack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stack", default=DEFAULT_STACK, metavar="NAME", help="stack (%(default)s)")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of attempts: 0 or more")
    return int(text)


def _console() -> Console:
    from local_cloud.report import PLAIN_WIDTH

    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


def _up(options: argparse.Namespace) -> int:
    console = _console()
    with console.status("Starting …"):
        from local_cloud.deployment import UpRequest, up
    from local_cloud.progress import Progress
    from local_cloud.report import print_report

    data = options.data.resolve() if options.data else None
    request = UpRequest(options.state.resolve(), options.stack, data, options.role_takes_effect_after)
    result = up(request, Progress(console))
    print_report(console, result.stack, result.summary, _state_option(options.state))
    return _FAILED if result.summary.differences else _OK


def _state_option(state: Path) -> str:
    return "" if state == DEFAULT_STATE else f" --state {shlex.quote(str(state))}"


def _serve(options: argparse.Namespace) -> int:
    ready, stop = threading.Event(), threading.Event()

    def end(*_: object) -> None:
        stop.set()
        if not ready.is_set():
            raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGTERM, end)
    console = _console()
    with console.status("Starting …"):
        from local_cloud.endpoints_file import Endpoints
    from local_cloud.progress import Progress
    from local_cloud.report import print_report
    from local_cloud.serve import EMPTY_STACK, Listener, ServeRequest, serve
    from local_cloud.serve_report import print_endpoints

    request = ServeRequest(
        state=options.state.resolve(),
        stack=options.stack or (EMPTY_STACK if options.empty else DEFAULT_STACK),
        empty=options.empty,
        data=options.data.resolve() if options.data else None,
        aws_port=options.aws_port,
        snowflake_port=options.snowflake_port,
        password=options.password,
    )
    option = _state_option(options.state)

    def announce(endpoints: Endpoints, file: Path) -> None:
        ready.set()
        print_endpoints(console, endpoints, file)

    listener = Listener(
        deployed=lambda result: print_report(console, result.stack, result.summary, option),
        ready=announce,
        note=lambda line: console.print(f"[yellow]{escape(line)}[/]", highlight=False),
    )
    serve(request, Progress(console), stop, listener)
    return _OK


def _query(options: argparse.Namespace) -> int:
    from local_cloud.query import run_query
    from local_cloud.query_output import write_result

    write_result(run_query(options.state.resolve(), options.sql), options.format, sys.stdout)
    return _OK


def _verify(options: argparse.Namespace) -> int:
    from local_cloud.deployment import PROJECT
    from local_cloud.reconciliation import all_differences
    from local_cloud.verify import print_checks, verify_local, verify_snowflake

    data = options.data.resolve() if options.data else None
    if options.target == "snowflake":
        checks = verify_snowflake(PROJECT, options.stack, data)
    else:
        checks = verify_local(options.state.resolve(), data)
    print_checks(_console(), checks)
    return _FAILED if all_differences(checks) else _OK


def _graph(options: argparse.Namespace) -> int:
    from local_cloud.deployment import PROJECT
    from local_cloud.graph import FORMS, component_graph, program_resources, resource_graph

    graph = resource_graph(program_resources(PROJECT, options.stack))
    sys.stdout.write(FORMS[options.format](component_graph(graph) if options.components else graph))
    return _OK


def _destroy(options: argparse.Namespace) -> int:
    from local_cloud.deployment import destroy
    from local_cloud.progress import Progress

    destroy(options.state.resolve(), Progress(_console()))
    return _OK
