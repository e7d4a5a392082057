"""Where an entry applies: an administrative division (GB/T 2260) and everything in it."""

from __future__ import annotations

from nlu.entities.division import divisions


def known_region(code: str, city: str) -> bool:
    """Whether there is such a division; the city's own code and those above it count even where the table lacks them."""
    table = divisions()
    return code in table or code == city or table.contains(code, city)


def serves(region: str, asked: str) -> bool:
    """Whether what is said for ``region`` (empty: everywhere) holds in ``asked``.

    >>> serves("440000", "440300"), serves("440300", "440100"), serves("", "440100")
    (True, False, True)
    """
    return not region or region == asked or (bool(asked) and divisions().contains(region, asked))


def region_name(code: str) -> str:
    """The division's name, or its code where the table lacks it; empty for everywhere."""
    return divisions().name(code) or code
