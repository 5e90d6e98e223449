"""The embedded Snowflake account; its door is SQL."""

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.result import Column, Result
from local_cloud.snowflake_account.sessions.account import Account
from local_cloud.snowflake_account.sessions.session import Session

__all__ = ["Account", "Column", "Result", "Session", "SnowflakeError"]
