"""The one error of the Snowflake account, with Snowflake's own codes and SQL states.

    SnowflakeError
    ├── DoesNotExistError     002003  an object is missing (Snowflake does not say whether it only is hidden)
    ├── AlreadyExistsError    002002
    ├── InsufficientPrivilegesError 003001  an object that the roles may see and not do this with
    ├── SqlSyntaxError        001003
    ├── UnsupportedError      000002  a feature that the embedded account does not have, named
    ├── AssumeRoleError       003167  the integration's role cannot be assumed
    ├── StorageAccessError    003001  the role was assumed, and S3 or a location rule refused
    │   └── UnreadFilesError          some of a pipe's files; the others are loaded
    └── CopyError             100???  a file stopped a COPY with ON_ERROR = ABORT_STATEMENT

Codes and wording: https://docs.snowflake.com/en/user-guide/data-load-s3-config-storage-integration and the
messages that the Snowflake provider matches.
"""

from __future__ import annotations

from collections.abc import Mapping


class SnowflakeError(Exception):
    """A statement that the account refuses.

    Attributes:
        code: Snowflake's error number.
        sqlstate: the SQL state that goes with it.
    """

    code = 1003
    sqlstate = "42000"

    def __init__(self, message: str, *, code: int | None = None, sqlstate: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = self.code if code is None else code
        self.sqlstate = self.sqlstate if sqlstate is None else sqlstate


class DoesNotExistError(SnowflakeError):
    """An object that a statement names is not there."""

    code, sqlstate = 2003, "02000"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"SQL compilation error:\n{kind.capitalize()} '{name}' does not exist or not authorized.")


class InsufficientPrivilegesError(SnowflakeError):
    """The active roles may know of an object, and may not do this with it."""

    code, sqlstate = 3001, "42501"

    def __init__(self, kind: str, name: str, hint: str = "") -> None:
        super().__init__(f"SQL access control error:\nInsufficient privileges to operate on {kind} '{name}'.{hint}")


class AlreadyExistsError(SnowflakeError):
    """An object of this name is there already."""

    code, sqlstate = 2002, "42710"

    def __init__(self, name: str) -> None:
        super().__init__(f"SQL compilation error:\nObject '{name}' already exists.")


class SqlSyntaxError(SnowflakeError):
    """A statement that is not Snowflake SQL."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"SQL compilation error:\nsyntax error {detail}")


class InvalidValueError(SnowflakeError):
    """A parameter, option or argument with a value that it cannot have; the number of the error is its statement's."""

    def __init__(self, name: str, value: object, *, code: int | None = None, sqlstate: str | None = None) -> None:
        message = f"SQL compilation error:\ninvalid value [{value}] for parameter '{name}'"
        super().__init__(message, code=code, sqlstate=sqlstate)


class UnsupportedError(SnowflakeError):
    """A feature of Snowflake that the embedded account does not have."""

    code, sqlstate = 2, "0A000"

    def __init__(self, feature: str) -> None:
        super().__init__(f"Unsupported feature '{feature}'.")


class AssumeRoleError(SnowflakeError):
    """The role of a storage integration cannot be assumed (yet)."""

    code = 3167
    sqlstate = "42601"

    def __init__(self, user_arn: str, role_arn: str) -> None:
        super().__init__(
            "SQL execution error: Error assuming AWS_ROLE. Please verify the role and externalId are configured "
            f"correctly in your AWS policy. User: {user_arn} is not authorized to perform: sts:AssumeRole on "
            f"resource: {role_arn}"
        )


class StorageAccessError(SnowflakeError):
    """A location that an integration or a role's policy does not allow, or that S3 refuses."""

    code = 3001
    sqlstate = "42501"


class UnreadFilesError(StorageAccessError):
    """Some of a pipe's files could not be read; the others are loaded.

    Attributes:
        unread: the keys, and what went wrong with each.
    """

    def __init__(self, unread: Mapping[str, Exception]) -> None:
        key, first = next(iter(unread.items()))
        more = f" (and {len(unread) - 1:,} more files)" if len(unread) > 1 else ""
        super().__init__(f"{first} while reading {key}{more}")
        self.unread = dict(unread)


class CopyError(SnowflakeError):
    """An error in a file, in a COPY that is to stop at the first."""

    code = 100069
    sqlstate = "22P02"
