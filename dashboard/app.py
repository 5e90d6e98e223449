"""The pipeline on one page: a Streamlit app for the embedded cloud and for an account.

Pages have no icons: Streamlit would fetch them from a host outside for the window's title.
Its modules are imported by their own names, as Streamlit finds them beside this file wherever it stands.
"""

from __future__ import annotations

import streamlit as st
from navigation import pages

st.set_page_config(page_title="retail-snowpipe", layout="wide")
st.navigation(
    [
        st.Page(page.show, title=page.title, url_path=page.title.lower(), default=not index)
        for index, page in enumerate(pages())
    ]
).run()
