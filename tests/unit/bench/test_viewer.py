"""How a viewer of a bench reads frames: in any pieces, shared ones by their head only, and never a row too many."""

import pytest
from debugterm_server.api.wire import wrap

from bench.load import wire
from bench.load.viewer import HEAD, Body, Tally, Viewer


class Silent(Viewer):
    """A viewer without a socket, past its greeting."""

    def __init__(self, tally: Tally, known: dict[bytes, Body]) -> None:
        super().__init__(tally, known)
        self.upgraded, self.live = True, True
        self._rest, self._parts, self._left = b"", bytearray(), 0
        self._body, self._opcode, self._key = None, 0, b""
        self._unacked, self._acked, self._ch = 0, 0, "log:development:0123456789"
        self.out: list[bytes] = []

    def _send(self, data: bytes) -> None:
        self.out.append(data)

    def feed(self, data: bytes) -> None:
        whole = self._rest + data
        self._rest = b""
        self._take(memoryview(whole), len(whole))


def frame(entry: int, rows: int) -> bytes:
    indexes = ",".join(map(str, range(rows)))
    texts = ",".join(f'{{"ts":"t","message":"{"x" * HEAD}","attrs":{{"sent":{i}}}}}' for i in range(rows))
    head = '{"t":"rows","ch":"log:development:0123456789","ep":"0123456789abcdef","b":['
    return wrap(f'{head}{{"e":"{entry}-0","i":[{indexes}],"rows":[{texts}]}}]}}'.encode())


@pytest.mark.parametrize("piece", [1, 7, 64, 1000, 10_000_000])
def test_frames_are_counted_whatever_the_pieces(piece: int) -> None:
    tally = Tally()
    viewer = Silent(tally, {})
    stream = frame(1000, 3) + wrap(b'{"t":"ping","ts":"now"}') + frame(1001, 40) + frame(1002, 500)

    for start in range(0, len(stream), piece):
        viewer.feed(stream[start : start + piece])

    assert (tally.messages, tally.rows, viewer.rows) == (3, 543, 543)
    assert viewer.place == ("0123456789abcdef", "1002-0-499")
    assert viewer.out[-1].endswith(b'"o":"1000-0-2"}')


def test_a_frame_that_others_had_is_known_by_its_head() -> None:
    known: dict[bytes, Body] = {}
    tally = Tally()
    first, second = Silent(tally, known), Silent(tally, known)
    data = frame(1000, 9)

    first.feed(data)
    second.feed(data)

    assert len(known) == 1
    assert (first.rows, second.rows, tally.rows) == (9, 9, 18)
    assert second.place == first.place


def test_a_gap_counts_as_missed_and_as_done() -> None:
    tally = Tally()
    tally.wanted = 10
    viewer = Silent(tally, {})

    viewer.feed(frame(1000, 4) + wrap(b'{"t":"gap","ch":"c","from":"1","to":"2","n":6,"why":"slow"}'))

    assert (tally.rows, tally.missed, tally.done) == (4, 6, 1)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_the_head_of_a_frame_tells_its_size(size: int) -> None:
    data = wrap(b"x" * size)

    found = wire.head(data, 0, len(data))

    assert found == (wire.TEXT, len(data) - size, size)
