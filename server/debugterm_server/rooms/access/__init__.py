"""Access: who somebody is. Logins, tokens, refresh rotation, login codes, ingest keys, accounts."""

from debugterm_server.core.refusal import Unauthenticated
from debugterm_server.rooms.access.accounts import Accounts
from debugterm_server.rooms.access.development import DevelopmentLogin, development_key, development_login
from debugterm_server.rooms.access.keys import IngestKey
from debugterm_server.rooms.access.passwords import Passwords
from debugterm_server.rooms.access.room import Access, Caller, Tokens

__all__ = [
    "Access",
    "Accounts",
    "Caller",
    "DevelopmentLogin",
    "IngestKey",
    "Passwords",
    "Tokens",
    "Unauthenticated",
    "development_key",
    "development_login",
]
