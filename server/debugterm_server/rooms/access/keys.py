"""Which ingest key is good: asked for every batch, answered from memory for at most 5 s."""

from collections import OrderedDict
from dataclasses import dataclass

from debugterm_server.core.canonical import sha256
from debugterm_server.kit.clock import Clock
from debugterm_server.store import keys
from debugterm_server.store.engine import Store

PREFIX = "dtk_"
LONGEST = 128
"""Characters of a key; ours have 47."""
FRESH_SECONDS = 5.0
"""How long an answer is believed: a revoked key works at most this long."""
MOST = 10_000
"""Answers kept, also of wrong keys, so that guessing does not reach SQL; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class IngestKey:
    """A good key: what it is called and where its rows go."""

    id: str
    env: str
    name: str


class Keyring:
    """Looks keys up."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._answers: OrderedDict[str, tuple[float, IngestKey | None]] = OrderedDict()

    async def find(self, secret: str) -> IngestKey | None:
        """The key with this secret. Raises StoreUnavailable."""
        if not secret.startswith(PREFIX) or len(secret) > LONGEST:
            return None
        hashed = sha256(secret.encode("utf-8", "replace"))
        now = self._clock()
        known = self._answers.get(hashed)
        if known is not None and now - known[0] < FRESH_SECONDS:
            return known[1]
        async with self._store.read() as read:
            key = await keys.hashed_as(read, hashed)
        answer = IngestKey(key.id, key.env, key.name) if key else None
        self._answers[hashed] = (now, answer)
        self._answers.move_to_end(hashed)
        if len(self._answers) > MOST:
            self._answers.popitem(last=False)
        return answer
