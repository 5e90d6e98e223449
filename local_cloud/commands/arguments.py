"""The arguments of the commands: what can be asked for, and how."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from local_cloud.commands.cost_model import SIZES
from local_cloud.endpoints import AWS_PORT, LOOPBACK, SNOWFLAKE_PORT
from local_cloud.errors import InputError

DEFAULT_STATE = Path(".local_cloud")
DEFAULT_STACK = "dev"

_HIGHEST_PORT = 65_535
_MOST = 1_000_000_000
_UNITS = {"minute": 60, "hour": 3_600, "day": 86_400}


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, as all errors of these commands are."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message.removeprefix('argument ')}; see `{self.prog} --help`")


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what is asked for; `command` is the command's name.

    Raises:
        InputError: an argument is missing or wrong.
        SystemExit: help was asked for and shown.
    """
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m local_cloud", description="The pipeline on this machine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="deploy the program to a fresh embedded cloud, land the files, load, report")
    up.set_defaults(command="up")
    up.add_argument("--data", type=_folder, metavar="DIR", help="a folder of files to put into the bucket")
    _add_program(up)
    _add_stack(up)
    _add_state(up)
    up.add_argument(
        "--role-takes-effect-after",
        type=_count,
        default=0,
        metavar="N",
        help="let the first N attempts to assume the IAM role fail, as right after its creation",
    )
    up.add_argument("--export", type=_file, metavar="FILE", help="leave the requested view's rows there, as CSV")

    _add_serve(commands)
    _add_cost(commands)

    query = commands.add_parser("query", help="Snowflake SQL on what the last `up` left")
    query.set_defaults(command="query")
    query.add_argument("sql", type=_sql, metavar="SQL")
    query.add_argument("--format", choices=("table", "csv", "json"), default="table")
    _add_state(query)

    verify = commands.add_parser("verify", help="prove that files = RAW = CORE = MART")
    verify.set_defaults(command="verify")
    verify.add_argument("--data", type=_folder, metavar="DIR", help="the folder that the files came from")
    verify.add_argument(
        "--target",
        choices=("local", "snowflake"),
        default="local",
        help="the embedded account, or the one that the SNOWFLAKE_ variables name (%(default)s)",
    )
    _add_stack(verify)
    _add_state(verify)

    graph = commands.add_parser("graph", help="the program's resource graph")
    graph.set_defaults(command="graph")
    graph.add_argument("--format", choices=("mermaid", "dot"), default="mermaid")
    graph.add_argument("--components", action="store_true", help="one box per component, without its resources")
    _add_program(graph)
    _add_stack(graph)

    destroy = commands.add_parser("destroy", help="undo the program in reverse order and remove the state folder")
    destroy.set_defaults(command="destroy")
    _add_state(destroy)
    return parser


def _add_serve(commands: argparse._SubParsersAction[_Parser]) -> None:
    serve = commands.add_parser("serve", help="keep both accounts running on loopback ports; files load live")
    serve.set_defaults(command="serve")
    serve.add_argument("--empty", action="store_true", help="deploy nothing: `pulumi up --stack local` will")
    serve.add_argument("--data", type=_folder, metavar="DIR", help="as in `up`, for a fresh state folder")
    _add_program(serve)
    serve.add_argument("--stack", metavar="NAME", help=f"stack ({DEFAULT_STACK}; with --empty local)")
    serve.add_argument("--host", default=LOOPBACK, metavar="ADDRESS", help="where both listen (%(default)s)")
    serve.add_argument("--aws-port", type=_port, default=AWS_PORT, metavar="N", help="AWS endpoint (%(default)s)")
    serve.add_argument(
        "--snowflake-port", type=_port, default=SNOWFLAKE_PORT, metavar="N", help="Snowflake endpoint (%(default)s)"
    )
    serve.add_argument(
        "--users", type=_file, metavar="FILE", help="a TOML file of further Snowflake users, with roles, to log in as"
    )
    serve.add_argument("--password", type=_password, help="of the Snowflake user (drawn once and kept in the folder)")
    _add_state(serve)


def _add_cost(commands: argparse._SubParsersAction[_Parser]) -> None:
    cost = commands.add_parser("cost", help="what the pipeline costs in an account, low and high, with its rates")
    cost.set_defaults(command="cost")
    cost.add_argument("--gb-per-day", type=_amount, required=True, metavar="N", help="new data, as uncompressed text")
    cost.add_argument("--files-per-day", type=_amount, required=True, metavar="N", help="spread over the day")
    cost.add_argument("--lag", type=_lag, default=_lag("5 minutes"), metavar="LAG", help="target lag (5 minutes)")
    cost.add_argument("--warehouse-size", choices=SIZES, default="XSMALL")
    cost.add_argument("--reader-hours", type=_amount, default=1.0, metavar="H", help="readers a day (%(default)s)")
    cost.add_argument("--months", type=_amount, default=12.0, metavar="N", help="of data that is kept (%(default)s)")
    cost.add_argument(
        "--parquet-share",
        type=_amount,
        default=1.0,
        metavar="F",
        help="size of Parquet files beside their text; 1 is text (%(default)s)",
    )


def _amount(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0 <= amount <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount: a number from 0 to {_MOST:,}")
    return amount


def _lag(text: str) -> int:
    number, _, unit = text.partition(" ")
    if not number.isdecimal() or int(number) == 0 or unit.removesuffix("s") not in _UNITS:
        raise argparse.ArgumentTypeError(f"{text!r} is no lag: a whole number of minutes, hours or days, '5 minutes'")
    return int(number) * _UNITS[unit.removesuffix("s")]


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 1 to {_HIGHEST_PORT}, or 0 for any free one")
    return int(text)


def _password(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise argparse.ArgumentTypeError("an empty or unprintable password keeps nobody out: give another one")
    return text


def _add_state(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--state", type=_folder, default=DEFAULT_STATE, metavar="DIR", help="state folder (%(default)s)"
    )


def _add_program(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--program", type=_folder, metavar="DIR", help="folder of a Pulumi program (this project's)")


def _add_stack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stack", default=DEFAULT_STACK, metavar="NAME", help="stack (%(default)s)")


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("'' is no folder, perhaps of a variable that is not set: name one")
    return Path(text)


def _file(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("'' is no file, perhaps of a variable that is not set: name one")
    return Path(text)


def _sql(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{text!a} is no valid UTF-8: write the statement in UTF-8") from None
    return text


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of attempts: 0 or more")
    return int(text)
