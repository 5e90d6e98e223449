"""What stands in a page's place when it cannot be shown."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import streamlit as st
from account import AccountError, is_embedded

FOR_OPERATORS = (
    "This page is for operators. Your role reads the views of MART, which the Data page shows; "
    "for this page it needs the database role OPERATOR (config `operators`)."
)
NOTHING_HERE = (
    "There is no pipeline here that your role may see. Deploy one with `make local` or `pulumi up`, "
    "or ask for the database role READER (config `readers`)."
)


@contextlib.contextmanager
def telling_errors() -> Iterator[None]:
    """Show that the account said no, or nothing, and what to do, in place of a traceback."""
    try:
        yield
    except AccountError as error:
        st.error("The account did not answer this page.")
        # As text: an error quotes what it is about.
        st.code(str(error), language=None, wrap_lines=True)
        st.markdown(
            "Is `python -m local_cloud serve` running? `make dashboard` starts it; then reload this page."
            if is_embedded()
            else "Check the connection in `.streamlit/secrets.toml` or `connections.toml`, then reload this page."
        )
