"""All clients lose their connection at once and come back at once: everybody gets what was missed, within seconds."""

import pytest

from bench.load import crowds
from bench.load.hub import served

ROWS = 200
"""Rows that each of them missed."""
ALL_SECONDS = 10.0
P99_MS = 5_000.0
"""From the moment a row was sent to its place on the screens of those who were away; above what they took to resume."""
HUB_BYTES = 400 * 1024 * 1024


@pytest.mark.timeout(110)
@pytest.mark.parametrize("viewers", [200, pytest.param(2_000, marks=pytest.mark.nightly)])
def test_a_herd_comes_back_within_seconds_and_misses_nothing(viewers: int) -> None:
    with served(viewers=viewers) as hub, crowds.watching(hub, count=viewers) as crowd:
        crowds.deliver(hub, crowd, want=ROWS, posts=4, rows=ROWS // 4)
        crowd.ask("drop")
        crowds.send(hub, posts=4, rows=ROWS // 4)
        got = crowd.ask(f"back {ROWS}")
        memory = hub.memory()

    print(  # noqa: T201 - the figures are for whoever runs it
        f"{viewers} back after {got['last_seconds']:.1f} s, half of them after {got['half_seconds']:.1f} s; "
        f"rows p99 {got['p99_ms']:.0f} ms, hub {memory / 1e6:.0f} MB"
    )
    assert (got["resumed"], got["errors"], got["wrong"], got["missed"]) == (viewers, 0, 0, 0)
    assert got["rows"] == viewers * ROWS
    assert got["last_seconds"] < ALL_SECONDS
    assert got["p99_ms"] < P99_MS
    assert memory < HUB_BYTES
