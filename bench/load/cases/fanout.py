"""One query, 500 viewers: what a core of the hub delivers, beside nchan given a row a message and given our batches."""

from bench.load import crowds, peers
from bench.load.hub import served
from bench.load.lines import Aim, Found, Line
from bench.load.processes import Figures

VIEWERS = 500
BATCHES = {"rows": 20_000, "rate": 4_000, "rows_a_post": 100}
ROWS = {"rows": 200, "rate": 40, "rows_a_post": 1}


def run() -> Found:
    """Once: ours, then nchan, at the same rates."""
    notes: list[str] = []
    with served(viewers=VIEWERS) as hub, crowds.watching(hub, count=VIEWERS) as crowd:
        ours = {
            name: crowds.deliver(
                hub,
                crowd,
                want=plan["rows"],
                posts=plan["rows"] // plan["rows_a_post"],
                rows=plan["rows_a_post"],
                senders=16,
                rate=plan["rate"],
            )
            for name, plan in (("batches", BATCHES), ("rows", ROWS))
        }
    batches = peers.nchan(viewers=VIEWERS, **BATCHES)
    rows = peers.nchan(viewers=VIEWERS, **ROWS)
    for name, got in (
        ("ours", ours["batches"]),
        ("ours, a row a frame", ours["rows"]),
        ("nchan", batches),
        ("nchan, a row a message", rows),
    ):
        notes += crowds.limits_of(name, got) if got else []
    delivered = _a_core_second(ours["batches"], "rows") or 0.0
    return Found(
        [
            Line("rows x viewers", "a core-second", delivered, aim=Aim(2e6)),
            Line(
                "the same, nchan a row a message",
                "a core-second",
                delivered,
                _a_core_second(rows, "rows"),
                "nchan",
                Aim(15, of="ratio"),
            ),
            Line(
                "frames, nchan given our batches",
                "a core-second",
                _a_core_second(ours["batches"], "messages") or 0.0,
                _a_core_second(batches, "messages"),
                "nchan",
                Aim(0.8, of="ratio"),
            ),
            Line(
                "frames, both a row a frame",
                "a core-second",
                _a_core_second(ours["rows"], "messages") or 0.0,
                _a_core_second(rows, "messages"),
                "nchan",
            ),
            Line("rows a frame", "rows", ours["batches"]["rows"] / ours["batches"]["messages"]),
            Line("core used by the hub", "cores", ours["batches"]["cpu"] / ours["batches"]["seconds"]),
        ],
        notes,
    )


def _a_core_second(got: Figures | None, name: str) -> float | None:
    return got[name] / got["cpu"] if got else None
