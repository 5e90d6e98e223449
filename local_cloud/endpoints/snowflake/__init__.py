"""The Snowflake account behind the protocol that Snowflake's drivers speak.

http (above)  sockets, bodies, limits      ─▶  api        paths ─▶ what they do
logins        who may come in                  sessions   tokens and what belongs to them
queries       statements while they run        forms      how values and answers travel
"""

from local_cloud.endpoints.snowflake.endpoint import SnowflakeEndpoint

__all__ = ["SnowflakeEndpoint"]
