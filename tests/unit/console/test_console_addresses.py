from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.console.addresses import safe_next


@pytest.mark.parametrize("address", ["/console/tickets/YZ1", "/console/knowledge?q=%E5%B1%85", "/console/"])
def test_our_own_pages_are_kept(address: str) -> None:
    assert safe_next(address) == address


@pytest.mark.parametrize(
    "address",
    ["", "/", "https://evil.example/console/", "//evil.example/console/", "/\\evil.example", "/console/../x",
     "/consolex", "javascript:alert(1)", "/console/login", "/console/\n//evil", "console/",
     "//[", "http://[", "//[::1", "//℀x", "http://]/console/"],
)  # fmt: skip
def test_everything_else_leads_home(address: str) -> None:
    assert safe_next(address) == "/console/"


@given(st.text(max_size=60) | st.text("/\\:.?#console@evil", max_size=40))
def test_signing_in_never_leads_elsewhere(address: str) -> None:
    parts = urlsplit(safe_next(address))
    assert (parts.scheme, parts.netloc) == ("", "")
    assert parts.path == "/console" or parts.path.startswith("/console/")
