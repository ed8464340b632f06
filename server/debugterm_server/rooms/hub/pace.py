"""How long rows wait for company: what costs is a frame, so the more viewers an environment has, the rarer its frames.

All channels of an environment share one pace. Together its viewers get at most 20,000 frames a second, a quarter of a
core, however small the batches that come; one viewer alone waits only until a screen could be drawn again.
"""

from debugterm_protocol import limits

VIEWER_SECONDS = 50e-6
LEAST_SECONDS = 0.002
MOST_SECONDS = limits.FLUSH_MS / 1000


class Pace:
    """The time between two frames of a channel."""

    def __init__(self) -> None:
        self.seconds = LEAST_SECONDS
        self._viewers = 0

    def add(self, viewers: int) -> None:
        """So many more watch, or fewer."""
        self._viewers += viewers
        self.seconds = min(MOST_SECONDS, max(LEAST_SECONDS, self._viewers * VIEWER_SECONDS))
