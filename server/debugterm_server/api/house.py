"""What handlers may ask of the started house; `app.py` puts it in."""

from dataclasses import dataclass

from aiohttp import web

from debugterm_server.bus.streams import Streams
from debugterm_server.rooms.audit import Audit
from debugterm_server.rooms.hub import Hub, Searches
from debugterm_server.store.engine import Store


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms and plumbing whose health and words the front door shows."""

    hub: Hub
    streams: Streams
    store: Store
    audit: Audit
    searches: Searches


HOUSE: web.AppKey[Rooms] = web.AppKey("HOUSE", Rooms)
