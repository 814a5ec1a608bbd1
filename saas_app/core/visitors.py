"""What a request says about where it comes from, believed only as far as it can be."""

import ipaddress
import re
from urllib.parse import unquote

from starlette.requests import HTTPConnection

from saas_app.core.config import settings
from saas_app.core.config_rules import is_loopback

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_UNSAFE_IN_PATH = re.compile(r"[\x00-\x1f\x7f\\]")


def client_ip(request: HTTPConnection) -> str:
    """The visitor's address. `X-Forwarded-For` is believed only as many hops as there are proxies of ours.

    IPv6 visitors own whole networks, so for limits a /64 counts as one.
    """
    address = request.client.host if request.client else ""
    hops = settings().trusted_proxy_hops
    if hops:
        forwarded = [each.strip() for each in ",".join(request.headers.getlist("x-forwarded-for")).split(",")]
        address = forwarded[-hops] if len(forwarded) >= hops else address
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return "unknown"
    if found.version == 6 and not found.ipv4_mapped:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found.ipv4_mapped or found) if found.version == 6 else str(found)


def is_at_home(ip: str) -> bool:
    """Whether this visitor sits at the very machine on which the product is tried out."""
    return not settings().is_production and is_loopback(settings().base_url) and ip.startswith("127.")


def device_label(request: HTTPConnection) -> str:
    """A browser as its owner would name it: “Firefox on Linux”."""
    agent = request.headers.get("user-agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def safe_path(wanted: str, otherwise: str) -> str:
    """A path on this site, however often it was encoded; anything that could lead elsewhere is replaced."""
    if " " in wanted:
        return otherwise
    seen = wanted
    for _ in range(3):
        if not seen.startswith("/") or seen.startswith("//") or _UNSAFE_IN_PATH.search(seen):
            return otherwise
        seen = unquote(seen)
    return wanted
