"""The tags that a stack's config puts on everything that takes some, in AWS and in Snowflake."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pulumi

from infra.config_values import refused, text
from infra.naming import OWN_TAGS, snowflake_tag

MOST_TAGS = 40
"""AWS and Snowflake take 50 on one object, and the stack and others have some of their own.

https://docs.snowflake.com/en/user-guide/object-tagging/introduction#tag-quotas
https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""

# What every service of AWS takes; the first letter is Snowflake's wish, where a tag's key becomes its name.
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9 _.:/=+@-]{0,126}")
_VALUE = re.compile(r"[\w .:/=+@-]{1,256}")


def read_tags(config: pulumi.Config) -> Mapping[str, str]:
    """Return the tags by their keys.

    Raises:
        SettingsError: they are no mapping, or one of them is not allowed.
    """
    written = text(config, "tags", "{}")
    try:
        found = json.loads(written)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str | int) for value in found.values()):
        raise refused(config, "tags", written, 'a mapping of keys to texts, like {"cost-center": "4711"}')
    tags = {key: str(value) for key, value in found.items()}
    for key, value in tags.items():
        if not _KEY.fullmatch(key) or key.lower().startswith("aws:"):
            allowed = "keys of up to 127 letters, digits, blanks and _ . : / = + @ -, a letter first, none of them aws:"
            raise refused(config, "tags", written, allowed)
        if not _VALUE.fullmatch(value):
            allowed = f"for {key} 1 to 256 letters, digits, blanks and _ . : / = + @ -"
            raise refused(config, "tags", written, allowed)
    _check_together(config, written, tags)
    return tags


def _check_together(config: pulumi.Config, written: str, tags: Mapping[str, str]) -> None:
    if len(tags) > MOST_TAGS:
        raise refused(config, "tags", written, f"{MOST_TAGS} tags at the most")
    if {snowflake_tag(key) for key in OWN_TAGS} & {snowflake_tag(key) for key in tags}:
        raise refused(config, "tags", written, f"other keys than {', '.join(OWN_TAGS)}, which the stack sets itself")
    names = [snowflake_tag(key) for key in tags]
    if twice := [key for key in tags if names.count(snowflake_tag(key)) > 1]:
        allowed = f"keys that differ in letters and digits, as names in Snowflake do; {' and '.join(twice)} do not"
        raise refused(config, "tags", written, allowed)
