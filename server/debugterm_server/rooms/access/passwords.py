"""Password hashes: bcrypt over a peppered digest, in two threads with a short queue.

`dt1$` + bcrypt(base64(HMAC-SHA-384(pepper, password))): the digest makes every byte of a long password count
(bcrypt reads 72), and a stolen database without the pepper is no use for guessing.
"""

import asyncio
import base64
import hmac
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import bcrypt
from debugterm_protocol import limits
from debugterm_protocol.errors import Code

from debugterm_server.core.refusal import Refusal
from debugterm_server.kit.derive import Root

PREFIX = "dt1$"
SHORTEST = 8
"""Characters of a new password: NIST SP 800-63B, memorized secrets."""
ROUNDS = 12
"""Cost as a power of two: about 0.25 s a hash."""
THREADS = 2
QUEUE = 32
"""Waiting hashes; at four a second and thread, the last of them waits four seconds."""
BUSY_RETRY_MS = 2_000
_BCRYPT_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Passwords:
    """Hashes and compares; tests lower the cost by `rounds`."""

    def __init__(self, root: Root, *, rounds: int | None = None) -> None:
        self._pepper = root.key("password")
        self._rounds = rounds or ROUNDS
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="password")
        self._inside = 0
        # A hash that no password has: comparing with it costs an unknown name what a known one costs.
        nobody = "".join(secrets.choice(_BCRYPT_ALPHABET) for _ in range(31))
        self._nobody = PREFIX + bcrypt.gensalt(self._rounds).decode() + nobody

    async def hash(self, password: str) -> str:
        """The hash to keep. Raises Refusal: too short, too long, or too many at once."""
        if len(password) < SHORTEST:
            raise Refusal(Code.BAD_REQUEST, f"the password is shorter than {SHORTEST} characters")
        return await self._run(password, None)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether this is the password; None stands for nobody and takes as long. Raises Refusal as `hash`."""
        against = stored if stored is not None and stored.startswith(PREFIX) else self._nobody
        return hmac.compare_digest(await self._run(password, against), against)

    async def _run(self, password: str, against: str | None) -> str:
        if len(password) > limits.PASSWORD_CHARS:
            raise Refusal(Code.BAD_REQUEST, f"the password is longer than {limits.PASSWORD_CHARS} characters")
        if self._inside >= THREADS + QUEUE:
            raise Refusal(Code.UNAVAILABLE, "too many people log in at this moment", retry_ms=BUSY_RETRY_MS)
        salt = bcrypt.gensalt(self._rounds) if against is None else against.removeprefix(PREFIX).encode()
        self._inside += 1
        try:
            digest = self._digest(password)
            loop = asyncio.get_running_loop()
            return PREFIX + (await loop.run_in_executor(self._threads, bcrypt.hashpw, digest, salt)).decode()
        finally:
            self._inside -= 1

    def _digest(self, password: str) -> bytes:
        # The same word typed on two keyboards may arrive in two spellings.
        spelled = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
        return base64.b64encode(hmac.digest(self._pepper, spelled, "sha384"))

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)
