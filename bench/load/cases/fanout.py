"""One query, 500 viewers: what a core of the hub delivers, beside nchan given a row a message and given our batches."""

from dataclasses import replace

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
    apart = _delivering()
    batches = peers.nchan(viewers=VIEWERS, **BATCHES)
    rows = peers.nchan(viewers=VIEWERS, **ROWS)
    for name, got in (
        ("ours", ours["batches"]),
        ("ours, a row a frame", ours["rows"]),
        ("ours, ingest in another process", apart),
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
                "the same, ours ingested by another worker",
                "a core-second",
                _a_core_second(apart, "messages") or 0.0,
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


def _delivering() -> Figures:
    """The processor time of a hub whose rows another hub takes in: what delivering alone costs."""
    with (
        served(viewers=VIEWERS, hubs=2) as hub,
        crowds.watching(hub, count=VIEWERS) as crowd,
    ):
        delivers = replace(hub, processes=hub.processes[:1])
        takes_in = replace(hub, urls=hub.urls[1:])
        crowd.order(f"want {BATCHES['rows']}")
        crowd.hear("counting")
        before = delivers.cpu()
        sent = crowds.send(
            takes_in,
            posts=BATCHES["rows"] // BATCHES["rows_a_post"],
            rows=BATCHES["rows_a_post"],
            senders=16,
            rate=BATCHES["rate"],
        )
        got = crowd.figures()
        return {**got, "cpu": delivers.cpu() - before, "sent": sent}


def _a_core_second(got: Figures | None, name: str) -> float | None:
    return got[name] / got["cpu"] if got else None
