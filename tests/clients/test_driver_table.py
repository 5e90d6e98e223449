"""The documentation tells which driver can do what, as the drivers are tried."""

from __future__ import annotations

from tests.clients.driver_list import ROOT, promised


def test_the_documentation_has_the_table_of_drivers_and_abilities() -> None:
    assert promised() in (ROOT / "docs/connect-your-tools.md").read_text()
