"""Audit: every record gets its number and is durable before anything happens; finding records again."""

from debugterm_server.rooms.audit.room import Audit
from debugterm_server.store.audit import Query

__all__ = ["Audit", "Query"]
