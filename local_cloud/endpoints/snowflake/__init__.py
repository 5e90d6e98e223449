"""The Snowflake account behind the protocol that Snowflake's drivers speak.

http_server   sockets, bodies, limits      ─▶  api        paths ─▶ what they do
logins        who may come in                  sessions   tokens and what belongs to them
queries       statements while they run        results    what they answered, in chunks
bindings      values sent beside the SQL       arrow_form, json_form, column_types   how answers travel
"""

from local_cloud.endpoints.snowflake.endpoint import SnowflakeEndpoint

__all__ = ["SnowflakeEndpoint"]
