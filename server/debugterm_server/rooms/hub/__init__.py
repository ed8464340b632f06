"""The hub: who watches what. One reader an environment, one matcher a distinct query, shared frames, gaps."""

from debugterm_server.rooms.hub.hub import Hub, Running
from debugterm_server.rooms.hub.outlet import Outlet, Wrap
from debugterm_server.rooms.hub.searches import Searches

__all__ = ["Hub", "Outlet", "Running", "Searches", "Wrap"]
