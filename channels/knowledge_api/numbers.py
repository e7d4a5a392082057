"""Numbers in addresses, as large as databases keep them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

LARGEST = 2**31 - 1
Number = Annotated[int, Path(ge=1, le=LARGEST)]
"""The number of a thing, in the path."""
Version = Annotated[int, Query(ge=1, le=LARGEST)]
"""A version, as a parameter."""
