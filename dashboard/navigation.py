"""The pages, and who may see each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import data_page
import models_page
import pipeline_page
import quality_page
import sql_page
import streamlit as st
from access import Access, access
from account import is_inside
from messages import FOR_OPERATORS, NOTHING_HERE, telling_errors


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        title: its title.
        draw: draws it, below the title.
        needs: what a role must be able to see for it.
    """

    title: str
    draw: Callable[[], None]
    needs: Access

    def show(self) -> None:
        """Draw the page, or say in words what stands against it."""
        st.title(self.title)
        with telling_errors():
            allowed = access()
            if allowed is Access.NOTHING:
                st.info(NOTHING_HERE)
            elif allowed is Access.READER and self.needs is Access.OPERATOR:
                st.info(FOR_OPERATORS)
            else:
                self.draw()


_ALL = (
    Page("Pipeline", pipeline_page.page, Access.OPERATOR),
    Page("Data", data_page.page, Access.READER),
    Page("Quality", quality_page.page, Access.OPERATOR),
    Page("Models", models_page.page, Access.OPERATOR),
    Page("SQL", sql_page.page, Access.OPERATOR),
)

PAGES: Mapping[str, Page] = {page.title: page for page in _ALL}
"""Every page by its title; the first one is where a visit begins."""


def pages() -> list[Page]:
    """Return the pages that there are here: inside Snowflake a statement would be executed with its owner's rights."""
    return [page for page in _ALL if not (page.title == "SQL" and is_inside())]
