"""A network address as it may be kept: a keyed digest, by which callers are told apart and nobody is found."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

IPV6_PREFIX = 64
UNKNOWN = b"unknown"


def origin_digest(address: str, key: bytes) -> str:
    """Hexadecimal. Of IPv6 the first 64 bits count: the rest a caller chooses at will.

    All that is no address counts as one, so that no limit is switched off by what a proxy passes on.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return hmac.new(key, UNKNOWN, hashlib.sha256).hexdigest()
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False).network_address
    return hmac.new(key, parsed.packed, hashlib.sha256).hexdigest()
