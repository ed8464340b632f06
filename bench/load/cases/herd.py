"""2,000 viewers lose their connection and come back at once, each with rows to be replayed."""

from bench.load import crowds
from bench.load.hub import served
from bench.load.lines import Aim, Found, Line

VIEWERS = 2_000
ROWS = 200


def run() -> Found:
    """Once: connect, warm up, drop, write 200 rows, come back."""
    with served(viewers=VIEWERS) as hub, crowds.watching(hub, count=VIEWERS) as crowd:
        crowds.deliver(hub, crowd, want=ROWS, posts=4, rows=ROWS // 4)
        crowd.ask("drop")
        crowds.send(hub, posts=4, rows=ROWS // 4)
        cpu = hub.cpu()
        got = crowd.ask(f"back {ROWS}")
        cpu = hub.cpu() - cpu
    wrong = VIEWERS - got["resumed"] + got["wrong"] + got["errors"] + got["missed"]
    notes = [] if got["cpu_share"] < crowds.FULL else [f"the viewers used {got['cpu_share']:.2f} of a core"]
    return Found(
        [
            Line("the last of them has its rows after", "s", got["last_seconds"], aim=Aim(10, less=True)),
            Line("half of them", "s", got["half_seconds"]),
            Line("errors, rows lost or twice", "", wrong, aim=Aim(0, less=True)),
            Line("asked to come a little later (503)", "times", got["refused"]),
            Line("hub, each of them", "ms of a core", cpu / VIEWERS * 1000),
        ],
        notes,
    )
