"""The kinds of object that the account knows."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """A kind of object; the value is the word in SQL."""

    WAREHOUSE = "WAREHOUSE"
    RESOURCE_MONITOR = "RESOURCE MONITOR"
    ROLE = "ROLE"
    USER = "USER"
    STORAGE_INTEGRATION = "STORAGE INTEGRATION"
    NOTIFICATION_INTEGRATION = "NOTIFICATION INTEGRATION"
    DATABASE = "DATABASE"
    DATABASE_ROLE = "DATABASE ROLE"
    SCHEMA = "SCHEMA"
    STAGE = "STAGE"
    FILE_FORMAT = "FILE FORMAT"
    SEQUENCE = "SEQUENCE"
    TABLE = "TABLE"
    PIPE = "PIPE"
    DYNAMIC_TABLE = "DYNAMIC TABLE"
    VIEW = "VIEW"
    TASK = "TASK"
    TAG = "TAG"
    STREAMLIT = "STREAMLIT"

    @property
    def depth(self) -> int:
        """How many parts a full name of this kind has."""
        if self in _OF_ACCOUNT:
            return 1
        return 2 if self in (Kind.SCHEMA, Kind.DATABASE_ROLE) else 3

    @property
    def word(self) -> str:
        """The kind as answers spell it in one word: STORAGE_INTEGRATION."""
        return self.value.replace(" ", "_")


INTEGRATIONS = (Kind.STORAGE_INTEGRATION, Kind.NOTIFICATION_INTEGRATION)
"""The kinds that the word INTEGRATION stands for in answers."""

_OF_ACCOUNT = (Kind.WAREHOUSE, Kind.RESOURCE_MONITOR, Kind.ROLE, Kind.USER, *INTEGRATIONS, Kind.DATABASE)

RELATIONS = (Kind.TABLE, Kind.VIEW, Kind.DYNAMIC_TABLE)
"""Kinds that share one namespace: a view cannot have a table's name."""


def kinds_of(word: Kind) -> tuple[Kind, ...]:
    """Return what a word may stand for where tags are set: TABLE is every relation, INTEGRATION every sort of it.

    https://docs.snowflake.com/en/sql-reference/functions/system_get_tag
    """
    return next((kinds for kinds in (RELATIONS, INTEGRATIONS) if word in kinds), (word,))


TEMPORARY_KINDS = (Kind.TABLE, Kind.VIEW, Kind.FILE_FORMAT, Kind.STAGE)
"""Kinds of which a session may make some that end with it."""

BY_WORD = {kind.value: kind for kind in Kind} | {"INTEGRATION": Kind.STORAGE_INTEGRATION}
BY_PLURAL = {f"{word}S": kind for word, kind in BY_WORD.items()}
