"""A network address as it may be kept: a keyed digest, by which callers are told apart and nobody is found."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

IPV6_PREFIX = 64


def origin_digest(address: str, key: bytes) -> str:
    """Hexadecimal; empty for what is no address. Of IPv6 the first 64 bits count: the rest a caller chooses at will."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False).network_address
    return hmac.new(key, parsed.packed, hashlib.sha256).hexdigest()
