"""The page Data alone, as the app that readers open in Snowflake."""

from __future__ import annotations

import streamlit as st
from navigation import PAGES

st.set_page_config(page_title="retail-snowpipe", layout="wide")
PAGES["Data"].show()
