"""What the role of whoever looks may see."""

from __future__ import annotations

from enum import Enum

import streamlit as st
from account import RefusedError, ask

_KEPT_SECONDS = 30


class Access(Enum):
    """What a role may see."""

    OPERATOR = "everything"
    READER = "the views of MART"
    NOTHING = "nothing"


@st.cache_data(ttl=_KEPT_SECONDS, show_spinner=False)
def _access() -> str:
    for access, query in ((Access.OPERATOR, "may_see_loading"), (Access.READER, "may_read_views")):
        try:
            ask(query)
        except RefusedError as error:
            if not error.forbidden:
                raise
        else:
            return access.name
    return Access.NOTHING.name


def access() -> Access:
    """Return what the role of this connection may see, at most half a minute old.

    Raises:
        AccountError: the account does not answer.
    """
    # The name is kept and not the member, whose class is another one when its module was loaded anew.
    return Access[_access()]
