"""What a client needs to reach the accounts of a running `serve`: as variables, and as a file of them.

The file is there for as long as `serve` answers, and only its owner may read it: the password is in it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local_cloud.endpoints import LOOPBACK

ENDPOINTS_FILE = "endpoints.env"
PASSWORD_FILE = "password"  # noqa: S105 - a file's name
USER = "LOCAL"
ACCOUNT = "LOCAL-CLOUD"
"""Organisation and account; the endpoint is the same whatever a client calls it."""

_ACCESS_KEY = "local"
_OWNER_ONLY = 0o600
_PASSWORD_BYTES = 16


@dataclass(frozen=True)
class Endpoints:
    """Where the two accounts answer, and the names that the program gives its main things.

    Attributes:
        aws_port: port of the AWS endpoint.
        snowflake_port: port of the Snowflake endpoint.
        password: of the Snowflake user.
        region: AWS region.
        bucket: landing bucket; empty where it is not known, as the next two.
        database: the stack's database.
        warehouse: its warehouse.
    """

    aws_port: int
    snowflake_port: int
    password: str
    region: str
    bucket: str
    database: str
    warehouse: str

    @property
    def variables(self) -> dict[str, str]:
        """The variables that clients read, by name; without those of a program that does not say its names."""
        variables = {
            "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{self.aws_port}",
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": _ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": _ACCESS_KEY,
            "LANDING_BUCKET": self.bucket,
            "SNOWFLAKE_ACCOUNT": ACCOUNT,
            "SNOWFLAKE_HOST": LOOPBACK,
            "SNOWFLAKE_PORT": str(self.snowflake_port),
            "SNOWFLAKE_PROTOCOL": "http",
            "SNOWFLAKE_USER": USER,
            "SNOWFLAKE_PASSWORD": self.password,
            "SNOWFLAKE_DATABASE": self.database,
            "SNOWFLAKE_WAREHOUSE": self.warehouse,
        }
        return {name: value for name, value in variables.items() if value}


@contextlib.contextmanager
def endpoints_file(folder: Path, endpoints: Endpoints) -> Iterator[Path]:
    """Keep the file in a state folder for the time of a with block; it holds a shell's assignments."""
    file = folder / ENDPOINTS_FILE
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in endpoints.variables.items()]
    _write_private(file, "".join(lines))
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def read_variables(folder: Path) -> Mapping[str, str] | None:
    """Return the variables of the `serve` that runs on a state folder; None where none does."""
    try:
        lines = (folder / ENDPOINTS_FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    pairs = (line.partition("=") for line in lines)
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}


def password_of(folder: Path) -> str:
    """Return the state folder's password, which is drawn the first time."""
    file = folder / PASSWORD_FILE
    if file.exists() and (kept := file.read_text("utf-8").strip()):
        return kept
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    _write_private(file, f"{password}\n")
    return password


def _write_private(file: Path, text: str) -> None:
    """Put a file in place in one step, readable by its owner only from its first byte on."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w", encoding="utf-8") as out:
        out.write(text)
    new.replace(file)
