"""The secret of a development hub in its data folder."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from debugterm_server.kit.derive import root


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = root(None, tmp_path / "new").key("x")

    assert root(None, tmp_path / "new").key("x") == first
    assert stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret"]


def test_a_given_secret_needs_no_file(tmp_path: Path) -> None:
    root("s" * 40, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_starts_at_the_same_moment_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: root(None, tmp_path).key("x"), range(8)))

    assert len(keys) == 1
