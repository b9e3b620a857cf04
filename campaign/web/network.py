"""Which network a request comes from, for buckets in memory only; never stored, never logged."""

import ipaddress

from flask import request

IPV4_PREFIX = 24
IPV6_PREFIX = 48


def client_network() -> str | None:
    """The client's network, or None where an address says nothing: over the onion service and from this machine."""
    if request.host.partition(":")[0].endswith(".onion"):
        return None
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return None
    if address.is_loopback:
        return None
    prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))
