"""The command line: what can be asked for, and how."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn

from input_data_generator.bucket import BucketUrl, bucket_url
from input_data_generator.errors import BadInput
from input_data_generator.options import (
    DEFAULT_OUT,
    FIRST_DAY,
    FORMATS,
    MAX_BASKET,
    MAX_CUSTOMERS,
    MAX_MONTHS,
    MAX_PRODUCTS,
    MAX_SEED,
    MAX_TRANSACTIONS_PER_DAY,
    Options,
    last_day,
    usual_transactions_per_day,
)

_EXAMPLES = f"""\
examples:
  python -m input_data_generator
      the starter data: 6 months, 137 customers, 64 products, in {DEFAULT_OUT}
  python -m input_data_generator --out data --months 12 --customers 10000 --products 500
      a year of a larger shop
  python -m input_data_generator --out data --snapshots 6 --start 2025-01-01 --end 2025-06-30
      customers and products that change, as of six dates
  python -m input_data_generator --upload s3://my-bucket --format json.gz --rows-per-file 5000000 \\
      --customers 1000000 --transactions-per-day 20000000
      a load test, straight into the bucket
"""


@dataclass(frozen=True)
class Request:
    """What was asked for: the data set, and where and how it is made.

    Attributes:
        options: of the data set.
        out: the data folder; None if the data only goes to a bucket.
        upload: the bucket, if any.
        workers: processes on this machine; None for as many as are worth it.
        scheduler: address of a Dask cluster that makes the data; None for this machine.
        quiet: show nothing but errors.
    """

    options: Options
    out: Path | None
    upload: BucketUrl | None
    workers: int | None
    scheduler: str | None
    quiet: bool


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadInput(message.removeprefix("argument "))


def _whole_number(lowest: int, highest: int):
    def parse(text: str) -> int:
        allowed = f"a whole number from {lowest:,} to {highest:,}"
        # int() also takes "1_000", " 7 " and digits of other scripts.
        if not (text.isascii() and text.isdigit() and lowest <= int(text[:30]) <= highest):
            raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}")
        return int(text)

    return parse


def _day(text: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):  # fromisoformat also takes weeks
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not a date: write it as YYYY-MM-DD")


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("'' is no folder, perhaps of a variable that is not set: name one")
    return Path(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m input_data_generator",
        usage="python -m input_data_generator [OPTION …]",
        description="Makes retail data: customers, products and their transactions.\n"
        "The same seed and options give the same bytes, on any machine and however many work on it.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    number = _whole_number
    data = parser.add_argument_group("what to make")
    data.add_argument("--start", type=_day, default=FIRST_DAY, metavar="D", help=f"first day (default {FIRST_DAY})")
    data.add_argument("--end", type=_day, metavar="D", help="last day, included")
    data.add_argument("--months", type=number(1, MAX_MONTHS), metavar="N", help="instead of --end (default 6)")
    data.add_argument("--customers", type=number(1, MAX_CUSTOMERS), default=137, metavar="N", help="default 137")
    data.add_argument("--products", type=number(1, MAX_PRODUCTS), default=64, metavar="N", help="default 64")
    data.add_argument(
        "--transactions-per-day",
        type=number(1, MAX_TRANSACTIONS_PER_DAY),
        metavar="N",
        help="mean over a year (default: follows from the customers; 25 for 137)",
    )
    data.add_argument(
        "--max-basket", type=number(1, MAX_BASKET), default=3, metavar="N", help=f"1 to {MAX_BASKET} (default 3)"
    )
    data.add_argument(
        "--snapshots",
        type=number(0, 1_000),
        default=0,
        metavar="N",
        help="dated snapshots of customers and products, which change over the window "
        "(default 0: one undated file of each)",
    )
    data.add_argument("--seed", type=number(0, MAX_SEED), default=7, metavar="N", help="default 7")
    files = parser.add_argument_group("files")
    files.add_argument("--out", type=_folder, metavar="DIR", help=f"data folder (default {DEFAULT_OUT})")
    files.add_argument("--format", choices=FORMATS, default="json", help="of the transactions (default json)")
    files.add_argument(
        "--rows-per-file",
        type=number(1, MAX_TRANSACTIONS_PER_DAY),
        metavar="N",
        help="at most so many transactions in a file (default: one file a day); "
        "5,000,000 make about 100 MB of json.gz, which suits Snowpipe",
    )
    files.add_argument(
        "--upload", metavar="s3://BUCKET[/PREFIX]", help="put the files into a bucket; without --out, only there"
    )
    files.add_argument("--endpoint-url", metavar="URL", help="of an S3-compatible store")
    work = parser.add_argument_group("how")
    work.add_argument(
        "--workers", type=number(1, 1_024), metavar="N", help="processes (default: as many as are worth it)"
    )
    work.add_argument("--executor", choices=("local", "dask"), default="local", help="who works (default local)")
    work.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="of the Dask cluster")
    work.add_argument("--quiet", action="store_true", help="show nothing but errors")
    return parser


def parse_request(argv: list[str]) -> Request:
    """Return what the arguments ask for.

    Raises:
        BadInput: an argument is wrong, or two do not go together.
        SystemExit: help was asked for and shown.
    """
    given = _parser().parse_args(argv)
    if given.months and given.end:
        raise BadInput("--months and --end both say when the window ends: give one of them")
    if given.executor == "dask" and not given.scheduler:
        raise BadInput("--executor dask needs --scheduler, the address of the cluster: tcp://HOST:PORT")
    if given.executor == "local" and given.scheduler:
        raise BadInput(f"--scheduler {given.scheduler} needs --executor dask")
    if given.scheduler and "://" not in given.scheduler:
        raise BadInput(f"--scheduler {given.scheduler} is not an address: write it as tcp://HOST:PORT")
    if given.executor == "dask" and given.workers:
        raise BadInput(f"--workers {given.workers} counts processes of this machine; a Dask cluster has its own")
    if given.endpoint_url and not given.upload:
        raise BadInput(f"--endpoint-url {given.endpoint_url} needs --upload")
    upload = bucket_url(given.upload, given.endpoint_url) if given.upload else None
    out = given.out or (None if upload else Path(DEFAULT_OUT))
    options = Options(
        start=given.start,
        end=given.end or last_day(given.start, given.months or 6),
        customers=given.customers,
        products=given.products,
        transactions_per_day=given.transactions_per_day or usual_transactions_per_day(given.customers),
        max_basket=given.max_basket,
        seed=given.seed,
        snapshots=given.snapshots,
        format=given.format,
        rows_per_file=given.rows_per_file,
    )
    return Request(options, out, upload, given.workers, given.scheduler, given.quiet)
