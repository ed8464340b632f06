"""The hub: who watches what. One reader an environment, one matcher a distinct query, shared frames, gaps."""

from debugterm_server.rooms.hub.hub import Hub, Watched
from debugterm_server.rooms.hub.outlet import Outlet, Wrap

__all__ = ["Hub", "Outlet", "Watched", "Wrap"]
