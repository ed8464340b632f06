"""The demo shop gets into trouble, and a few filters lead from the first error to the culprit."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from debugterm_protocol.query import parse
from debugterm_protocol.query.meaning import matches
from debugterm_server.core.normalise import Row, normalise

from examples.shop.incidents import INCIDENTS, Trouble

ROOT = Path(__file__).parents[2]
Stored = dict[str, object]


async def rows_of(
    incident: str, *, until: Callable[[list[Stored], list[Stored]], bool]
) -> tuple[list[Stored], list[Stored]]:
    """Run the shop until its rows say enough; rows and points. It must end on SIGTERM."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "examples.shop", "--incident", incident, "--after", "1", "--rate", "40"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    rows: list[Stored] = []
    points: list[Stored] = []
    async with asyncio.timeout(60):
        while not until(rows, points):
            found = normalise(await process.stdout.readline(), received=0, service="", host="")
            (rows if isinstance(found, Row) else points).append(msgspec.json.decode(found.data))
        process.terminate()
        await process.stdout.read()
        assert await process.wait() == 0
    return rows, points


def filtered(rows: list[Stored], query: str) -> list[Stored]:
    return [row for row in rows if matches(parse(query), row)]


def services(rows: list[Stored], query: str) -> set[object]:
    return {row["service"] for row in filtered(rows, query)}


async def test_an_exhausted_pool_is_found_with_four_filters() -> None:
    concerned = {"web", "checkout", "pay"}

    def told(rows: list[Stored], points: list[Stored]) -> bool:
        # The cheap question first: this is asked again for every line.
        if 8.0 not in [p["value"] for p in points if p["metric"] == "pool.in_use"]:
            return False
        errors = filtered(rows, "level>=error")
        return (
            bool(errors)
            and bool(filtered(rows, "service:pay level:warn peer:bank bank_ms:>=1000"))
            and services(rows, "status:>=500") >= concerned
            and services(rows, f"trace_id:{errors[0]['trace_id']}") >= concerned
        )

    # Which of these shows first depends on how busy the machine is; that all show does not.
    rows, points = await rows_of("pool", until=told)

    assert services(rows, "level>=error error.type:PoolTimeout") == {"pay"}
    assert max(float(str(p["value"])) for p in points if p["metric"] == "pool.in_use") == 8.0


@pytest.mark.parametrize(
    ("incident", "query"),
    [("deploy", "service:stock error.type:KeyError"), ("leak", "service:pay error.type:PoolTimeout")],
)
async def test_other_incidents_name_their_culprit(incident: str, query: str) -> None:
    rows, _ = await rows_of(incident, until=lambda rows, _: bool(filtered(rows, query)))

    culprit = filtered(rows, query)[0]
    assert culprit["level"] == "error"
    assert filtered(rows, f"trace_id:{culprit['trace_id']} peer:bank") == []


@pytest.mark.parametrize("incident", sorted(INCIDENTS.keys() - {"pool"}))
def test_only_the_pool_incident_makes_the_bank_slow(incident: str) -> None:
    # Said of the cause: `bank_ms` is what pay waited, and on a busy machine that is long for no fault of the bank.
    trouble = Trouble()

    INCIDENTS[incident](trouble)

    assert trouble.bank_seconds == Trouble().bank_seconds
