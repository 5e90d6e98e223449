"""Who may do what: the privileges of the two database roles. Pure.

READER is for those who ask questions: MART, whose views read with their owner's rights, so that nothing below them has
to be granted. OPERATOR is for those who keep the pipeline running, beside READER: they see how the loading goes, read
RAW, and may pause, resume and refresh pipes and models. Neither may change what the program declares.
https://docs.snowflake.com/en/user-guide/security-access-control-privileges
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from infra.naming import CORE, MART, OPS, RAW


class ObjectKind(Enum):
    """The kinds of objects that are granted on; the value is Snowflake's word."""

    TABLE = "TABLE"
    VIEW = "VIEW"
    DYNAMIC_TABLE = "DYNAMIC TABLE"
    PIPE = "PIPE"
    STAGE = "STAGE"
    STREAMLIT = "STREAMLIT"

    @property
    def plural(self) -> str:
        """What future grants call them."""
        return f"{self.value}S"


@dataclass(frozen=True)
class SchemaPrivileges:
    """Privileges on every object of one kind in one schema, those that are there and those to come."""

    schema: str
    kind: ObjectKind
    privileges: tuple[str, ...]


@dataclass(frozen=True)
class Role:
    """A database role.

    Attributes:
        name: its name in the database.
        comment: what it is for.
        privileges: what it has on objects; USAGE of the database and of their schemas goes with them.
    """

    name: str
    comment: str
    privileges: tuple[SchemaPrivileges, ...]

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas whose USAGE it needs, each once."""
        return tuple(dict.fromkeys(granted.schema for granted in self.privileges))


READER = Role(
    "READER",
    "Reads the views of MART",
    (SchemaPrivileges(MART, ObjectKind.VIEW, ("SELECT",)),),
)
OPERATOR = Role(
    "OPERATOR",
    "Sees how the loading goes, reads RAW, and pauses, resumes and refreshes pipes and models",
    (
        SchemaPrivileges(OPS, ObjectKind.VIEW, ("SELECT",)),
        SchemaPrivileges(OPS, ObjectKind.TABLE, ("SELECT",)),
        # A privilege on its table is also what shows a load history.
        SchemaPrivileges(RAW, ObjectKind.TABLE, ("SELECT",)),
        # Lists the landed files, which a reconciliation holds against what was loaded.
        SchemaPrivileges(RAW, ObjectKind.STAGE, ("USAGE",)),
        SchemaPrivileges(RAW, ObjectKind.PIPE, ("MONITOR", "OPERATE")),
        SchemaPrivileges(CORE, ObjectKind.DYNAMIC_TABLE, ("MONITOR", "OPERATE")),
    ),
)
