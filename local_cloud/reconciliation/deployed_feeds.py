"""The feeds of a deployed pipeline, found by its pipes: what each reads of the landing stage, and in which format.

A feed is a pipe of schema RAW that reads one folder of the stage LANDING, and has the folder's name. Asked in SQL, so
it is the same wherever the pipeline is deployed and whoever deployed it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from landing_keys import EXTENSIONS
from local_cloud.sql_door import SqlDoor

RECONCILED_BY = ("OPS", "RECONCILIATION")
"""Schema and name of the view that makes a program one whose counts can be proved."""

_SCHEMA = "RAW"
_LOCATION = re.compile(r'@(?:[\w"]+\.)*"?LANDING"?/([a-z_0-9]+)/', re.IGNORECASE)
_FORMAT_NAME = re.compile(r"FORMAT_NAME\s*=\s*'?([^')\s]+)", re.IGNORECASE)
_PATTERN = re.compile(r"\bPATTERN\s*=\s*'([^']*)'", re.IGNORECASE)
_TYPE = re.compile(r"\bTYPE\s*=\s*'?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class DeployedFeed:
    """A feed that is deployed.

    Attributes:
        name: its name, which is its folder in the bucket and, in upper case, its raw table.
        extensions: the ends of its files' names.
    """

    name: str
    extensions: tuple[str, ...]


def deployed_feeds(door: SqlDoor, database: str) -> tuple[DeployedFeed, ...]:
    """Return the feeds of a database, those of JSON last, so that dimensions land before what is read with them."""
    shown = door.execute(f"show file formats in database {database}").dicts()
    formats = {f"{row['schema_name']}.{row['name']}": row["type"] for row in shown}
    found = []
    for pipe in door.execute(f"show pipes in database {database}").dicts():
        location = _LOCATION.search(pipe["definition"])
        if pipe["schema_name"] == _SCHEMA and location and location.group(1).upper() == pipe["name"]:
            kind = _format_of(pipe["definition"], formats)
            if kind in EXTENSIONS:
                found.append((kind, location.group(1)))
    return tuple(
        DeployedFeed(name, EXTENSIONS[kind]) for kind, name in sorted(found, key=lambda f: (f[0] == "JSON", f[1]))
    )


def patterns_of_files(door: SqlDoor, database: str) -> dict[str, re.Pattern[str]]:
    """Return which keys the pipes of some feeds read, by the feeds' names; what does not fit is no file of theirs."""
    definitions = {
        pipe["name"].lower(): pipe["definition"]
        for pipe in door.execute(f"show pipes in schema {database}.{_SCHEMA}").dicts()
    }
    return {name: re.compile(found.group(1)) for name, text in definitions.items() if (found := _PATTERN.search(text))}


def _format_of(definition: str, formats: dict[str, str]) -> str:
    if named := _FORMAT_NAME.search(definition):
        return formats.get(".".join(named.group(1).replace('"', "").split(".")[-2:]), "")
    inline = _TYPE.search(definition)
    return inline.group(1).upper() if inline else ""
