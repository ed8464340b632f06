"""The browser client as files: the page, its hashed assets, its icon, in the smallest encoding the browser takes.

Names under `/assets/` carry a hash of their content, so they may be kept for ever; the page names them and must
be asked for anew each time. `FileResponse` picks the precompressed `.br` or `.gz` sibling and answers `304`.
"""

import re
from pathlib import Path

import debugterm_web
from aiohttp import web

FOLDER: web.AppKey[Path] = web.AppKey("FOLDER", Path)
"""Where the built files are; without it, those of this installation."""

NOT_BUILT = "the browser client was not built: run `make web`, or use `debugterm connect`\n"
# Not from the machine's own table, which differs by version and system.
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*\.(?:js|css|svg)", re.ASCII)
_IMMUTABLE = "public, max-age=31536000, immutable"
_DAY = "public, max-age=86400"


async def page(request: web.Request) -> web.StreamResponse:
    """The one page of the client, for `/` and for every session; it holds no data, so it needs no login."""
    index = _folder(request) / "index.html"
    if not index.is_file():
        return web.Response(status=503, text=NOT_BUILT, headers={"Retry-After": "60"})
    return web.FileResponse(index, headers={"Cache-Control": "no-store"})


async def asset(request: web.Request) -> web.StreamResponse:
    """A hashed file. The name decides the path only after it matched: it comes from outside."""
    name = request.match_info["name"]
    if not _NAME.fullmatch(name):
        raise web.HTTPNotFound
    return _file(_folder(request) / "assets" / name, cache=_IMMUTABLE)


async def icon(request: web.Request) -> web.StreamResponse:
    """The icon; `/favicon.ico` is what browsers ask for by habit and gets the same."""
    return _file(_folder(request) / "favicon.svg", cache=_DAY)


def _folder(request: web.Request) -> Path:
    return request.app.get(FOLDER, debugterm_web.STATIC)


def _file(path: Path, *, cache: str) -> web.StreamResponse:
    if not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Cache-Control": cache, "Content-Type": TYPES[path.suffix]})
