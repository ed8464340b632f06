"""How often a login may be tried: a sliding minute per account and address, per address, and per account.

A try counts before the password is compared, and is forgiven when it was right, so that many tries at once cannot
slip through together. A place from which this account has logged in before is not held back by what others do to
the account: nobody can lock somebody out.
"""

from collections import OrderedDict, deque

from debugterm_protocol.errors import Code

from debugterm_server.core.refusal import Refusal
from debugterm_server.kit.clock import Clock

WINDOW_SECONDS = 60.0
PER_PAIR = 5
"""Failures of one account from one address."""
PER_ADDRESS = 20
"""Failures of one address over all accounts: an office shares an address."""
PER_ACCOUNT = 60
"""Failures of one account over all addresses that it has never logged in from."""
MOST_WINDOWS = 10_000
"""Windows kept; beyond it the one untouched for longest is forgotten."""

Window = tuple[str, ...]


class Throttle:
    """Counts in this process; several hubs allow several times as much."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: OrderedDict[Window, deque[float]] = OrderedDict()

    def enter(self, account: str, address: str, *, known: bool) -> None:
        """Count a try. `known`: the account has logged in from there. Raises Refusal (RATE, with `retry_ms`)."""
        now = self._clock()
        wanted = self._windows(account, address)
        if known:
            del wanted["account", account]
        waits = [wait for window, most in wanted.items() if (wait := self._wait(window, most, now)) > 0]
        if waits:
            raise Refusal(
                Code.RATE,
                "too many failed logins",
                fix=f"wait {max(waits):.0f} s and try again",
                retry_ms=int(max(waits) * 1000) + 1,
            )
        for window in wanted:
            self._tries.setdefault(window, deque()).append(now)
            self._tries.move_to_end(window)
        while len(self._tries) > MOST_WINDOWS:
            self._tries.popitem(last=False)

    def forgive(self, account: str, address: str) -> None:
        """Take the newest try back: the password was right."""
        for window in self._windows(account, address):
            if tries := self._tries.get(window):
                tries.pop()

    def _windows(self, account: str, address: str) -> dict[Window, int]:
        return {
            ("pair", account, address): PER_PAIR,
            ("address", address): PER_ADDRESS,
            ("account", account): PER_ACCOUNT,
        }

    def _wait(self, window: Window, most: int, now: float) -> float:
        """Seconds until this window has room; 0 when it has."""
        tries = self._tries.get(window)
        if not tries:
            return 0.0
        while tries and tries[0] <= now - WINDOW_SECONDS:
            tries.popleft()
        return tries[-most] + WINDOW_SECONDS - now if len(tries) >= most else 0.0
