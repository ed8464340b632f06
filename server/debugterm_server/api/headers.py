"""The headers that every answer carries, whatever made it: page, API, stream, socket, error.

Installed as an `on_response_prepare` signal, because a middleware comes too late for an answer that streams. The
policy allows files of this origin and nothing else; scripts cannot turn text into markup (Trusted Types).
Sources: MDN HTTP Observatory, OWASP ASVS 5 chapter 3.4.
"""

from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=63072000; includeSubDomains"
"""Two years; only sent when users reach us by https, because on http a browser ignores it."""

Signal = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def protect(*, https: bool) -> Signal:
    """The signal to append to `app.on_response_prepare`. `https`: whether the public address is."""
    fixed = {**ALWAYS, "Strict-Transport-Security": HSTS} if https else ALWAYS

    async def signal(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(fixed)
        # An answer that says nothing about caching is data of somebody who is logged in.
        response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
        response.headers.popall(hdrs.SERVER, None)

    return signal
