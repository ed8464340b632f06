"""Whether a browser's request comes from our own page: the guard of everything that a cookie opens.

Sources: OWASP cross-site request forgery and WebSocket cheat sheets; Fetch metadata (`Sec-Fetch-Site`).
"""

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web

PUBLIC_URL: web.AppKey[str] = web.AppKey("PUBLIC_URL", str)
"""Where users reach this hub; empty in development."""

_PORTS = {"http": 80, "https": 443}


def https(app: web.Application) -> bool:
    """Whether users reach us by https."""
    return app.get(PUBLIC_URL, "").startswith("https://")


def is_ours(request: web.Request) -> bool:
    """Whether `Origin` is exactly our public address, or (without one) the plain address of this machine."""
    given = _origin(request.headers.get("Origin", ""))
    if given is None or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    if public := request.app.get(PUBLIC_URL, ""):
        return given == _origin(public)
    # A name could be made to point here by whoever owns it (DNS rebinding); an address cannot.
    return given == _origin(f"http://{request.host}") and _is_address(given[1])


def may_post(request: web.Request) -> bool:
    """Whether a request without a cookie is fine too: from our page, or from no page at all."""
    sent = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    return not sent or is_ours(request)


def _origin(text: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for `null` and everything that is no plain http origin."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True
