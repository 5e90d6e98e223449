"""The drivers that are tried, how each is made ready, and the one list of what each has to be able to do.

Each has a program in `drivers/`, which tells of each ability in a line of JSON whether it worked.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).with_name("drivers")

ABILITIES = {
    "password": "log in with a password",
    "key pair": "log in with a key pair",
    "types": "every type there and back, NULLs too",
    "binds": "bound values",
    "batch": "10,000 rows inserted as one batch",
    "100,000 rows": "100,000 rows read",
    "asynchronous": "a query fetched later",
    "several": "several statements in one text",
    "transaction": "a transaction goes on after an error",
    "cancel": "stop a query",
    "describe": "columns without running",
    "metadata": "tables and their columns",
    "files": "files put into a stage, loaded and got",
    "data frame": "a pandas data frame written",
}
"""What a driver has to be able to do, and how the table words it."""

INSTALL_SECONDS = 240


@dataclass(frozen=True)
class Driver:
    """A driver.

    Attributes:
        name: what it is called.
        version: the release that is tried.
        prepare: makes it ready in a folder, and returns the command that runs its program.
        tools: the programs that this takes; without them it is skipped.
        without: the abilities that it does not have, with the reason.
    """

    name: str
    version: str
    prepare: Callable[[Path], Sequence[str]]
    tools: tuple[str, ...] = ()
    without: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its name with its release."""
        return f"{self.name} {self.version}"

    @property
    def abilities(self) -> list[str]:
        """What it has to be able to do."""
        return [ability for ability in ABILITIES if ability not in self.without]

    def missing(self) -> str | None:
        """Return what is not on this machine that it takes."""
        return next((f"no {tool} here" for tool in self.tools if shutil.which(tool) is None), None)


def _pinned(file: str, package: str) -> str:
    """Return the release that a requirements file has of a package."""
    found = re.search(rf"^{re.escape(package)}(?:\[\w+\])?==(\S+)$", (ROOT / file).read_text(), re.MULTILINE)
    assert found, f"{file} has no {package}"
    return found[1]


def _python(program: str, environment: str) -> Callable[[Path], Sequence[str]]:
    return lambda _: [str(ROOT / environment / "bin/python"), "-W", "ignore", str(PROGRAMS / program)]


def _jdbc(version: str) -> Callable[[Path], Sequence[str]]:
    def prepare(folder: Path) -> Sequence[str]:
        pom = ["-f", str(PROGRAMS / "jdbc/pom.xml"), f"-Ddriver={version}", f"-DoutputDirectory={folder}"]
        _run(["mvn", "-q", "-B", *pom, "dependency:copy-dependencies"], folder)
        jar = str(folder / f"snowflake-jdbc-{version}.jar")
        # the driver reads Arrow through Java's own memory, as its documentation says
        return ["java", "--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp", jar, str(PROGRAMS / "jdbc/Jdbc.java")]

    return prepare


def _node(version: str) -> Callable[[Path], Sequence[str]]:
    def prepare(folder: Path) -> Sequence[str]:
        shutil.copy(PROGRAMS / "node/package.json", folder)
        shutil.copy(PROGRAMS / "node/node.js", folder)
        quiet = ["--silent", "--no-package-lock", "--no-audit", "--no-fund"]
        _run(["npm", "install", *quiet, f"snowflake-sdk@{version}"], folder)
        return ["node", str(folder / "node.js")]

    return prepare


def _go(folder: Path) -> Sequence[str]:
    _run(["go", "build", "-o", str(folder / "program"), "."], PROGRAMS / "go")
    return [str(folder / "program")]


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr


def _go_release() -> str:
    found = re.search(r"gosnowflake(?:/v\d+)? v(\S+)$", (PROGRAMS / "go/go.mod").read_text(), re.MULTILINE)
    assert found
    return found[1]


_NO_ASYNCHRONOUS = "has none of its own"
_NO_PANDAS = {"data frame": "has none of its own"}
_OF_SQLALCHEMY = {
    **_NO_PANDAS,
    "asynchronous": _NO_ASYNCHRONOUS,
    "several": "runs one statement at a time",
    "cancel": "has none of its own",
    "describe": "has none of its own",
}
_CLIENTS, _CLIENTS_5 = "requirements-clients.txt", "requirements-clients-5.txt"
_POM_RELEASE = re.search(r"<driver>(\S+)</driver>", (PROGRAMS / "jdbc/pom.xml").read_text())
assert _POM_RELEASE
_JDBC_NOW, _JDBC_BEFORE = _POM_RELEASE[1], "3.28.0"
_NODE_NOW = json.loads((PROGRAMS / "node/package.json").read_text())["dependencies"]["snowflake-sdk"]
_NODE_BEFORE = "2.4.3"

DRIVERS = [
    Driver(
        "Python connector",
        _pinned(_CLIENTS_5, "snowflake-connector-python"),
        _python("python_connector.py", ".venv-clients-5"),
    ),
    Driver(
        "Python connector",
        _pinned(_CLIENTS, "snowflake-connector-python"),
        _python("python_connector.py", ".venv-clients"),
    ),
    Driver(
        "SQLAlchemy dialect",
        _pinned(_CLIENTS_5, "snowflake-sqlalchemy"),
        _python("sqlalchemy_dialect.py", ".venv-clients-5"),
        without=_OF_SQLALCHEMY,
    ),
    Driver(
        "SQLAlchemy dialect",
        _pinned(_CLIENTS, "snowflake-sqlalchemy"),
        _python("sqlalchemy_dialect.py", ".venv-clients"),
        without=_OF_SQLALCHEMY,
    ),
    Driver(
        "Snowpark",
        _pinned(_CLIENTS, "snowflake-snowpark-python"),
        _python("snowpark.py", ".venv-clients"),
        without={"several": "runs one statement at a time"},
    ),
    Driver(
        "ADBC",
        _pinned(_CLIENTS, "adbc-driver-snowflake"),
        _python("adbc.py", ".venv-clients"),
        without={
            **_NO_PANDAS,
            "asynchronous": _NO_ASYNCHRONOUS,
            "several": "runs one statement at a time",
        },
    ),
    Driver("JDBC", _JDBC_NOW, _jdbc(_JDBC_NOW), tools=("java", "mvn"), without=_NO_PANDAS),
    Driver("JDBC", _JDBC_BEFORE, _jdbc(_JDBC_BEFORE), tools=("java", "mvn"), without=_NO_PANDAS),
    Driver("Node", _NODE_NOW, _node(_NODE_NOW), tools=("node", "npm"), without=_NO_PANDAS),
    Driver("Node", _NODE_BEFORE, _node(_NODE_BEFORE), tools=("node", "npm"), without=_NO_PANDAS),
    Driver("Go", _go_release(), _go, tools=("go",), without=_NO_PANDAS),
]


def table(cells: Mapping[tuple[str, str], str]) -> str:
    """Return the table driver × ability in Markdown.

    Args:
        cells: what stands in it, by a driver's title and an ability.
    """
    lines = [["", *(driver.title for driver in DRIVERS)], ["---"] * (len(DRIVERS) + 1)]
    for ability, words in ABILITIES.items():
        lines.append([words, *(cells.get((driver.title, ability), "") for driver in DRIVERS)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def promised() -> str:
    """Return the table as the documentation has it: what each driver has to be able to do."""
    return table(
        {
            (driver.title, ability): "–" if ability in driver.without else "yes"
            for driver in DRIVERS
            for ability in ABILITIES
        }
    )
