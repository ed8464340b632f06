import pytest
from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.access.throttle import Throttle

from tests.support.clocks import FakeClock


def fail(throttle: Throttle, account: str, address: str, *, times: int, known: bool = False) -> None:
    for _ in range(times):
        throttle.enter(account, address, known=known)


def test_the_sixth_failure_within_a_minute_is_told_how_long_to_wait() -> None:
    clock = FakeClock(1000.0)
    throttle = Throttle(clock)
    fail(throttle, "ana", "192.0.2.1", times=1)
    clock.pass_(20)
    fail(throttle, "ana", "192.0.2.1", times=4)

    with pytest.raises(Refusal) as refusal:
        throttle.enter("ana", "192.0.2.1", known=False)
    assert refusal.value.problem.code == "RATE"
    assert refusal.value.problem.retry_ms == 40_001

    clock.pass_(40)
    throttle.enter("ana", "192.0.2.1", known=False)


def test_right_passwords_do_not_count() -> None:
    throttle = Throttle(FakeClock())
    for _ in range(100):
        throttle.enter("ana", "192.0.2.1", known=False)
        throttle.forgive("ana", "192.0.2.1")


def test_others_do_not_lock_somebody_out_who_has_been_here_before() -> None:
    throttle = Throttle(FakeClock())
    for n in range(12):
        fail(throttle, "ana", f"203.0.113.{n}", times=5)
    with pytest.raises(Refusal):
        throttle.enter("ana", "198.51.100.1", known=False)

    throttle.enter("ana", "198.51.100.2", known=True)


def test_one_attacker_does_not_lock_out_a_newcomer_either() -> None:
    throttle = Throttle(FakeClock())
    fail(throttle, "ana", "203.0.113.1", times=5)

    throttle.enter("ana", "198.51.100.2", known=False)


def test_one_password_sprayed_over_many_accounts_is_held_back_by_address() -> None:
    throttle = Throttle(FakeClock())
    for n in range(20):
        fail(throttle, f"user{n}", "203.0.113.1", times=1)

    with pytest.raises(Refusal):
        throttle.enter("user20", "203.0.113.1", known=False)
    throttle.enter("user20", "203.0.113.2", known=False)


def test_a_refused_try_does_not_prolong_the_wait() -> None:
    clock = FakeClock()
    throttle = Throttle(clock)
    fail(throttle, "ana", "192.0.2.1", times=5)
    for _ in range(59):
        clock.pass_(1)
        with pytest.raises(Refusal):
            throttle.enter("ana", "192.0.2.1", known=False)
    clock.pass_(1)

    throttle.enter("ana", "192.0.2.1", known=False)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("debugterm_server.rooms.access.throttle.MOST_WINDOWS", 30)
    throttle = Throttle(FakeClock())
    for n in range(100):
        fail(throttle, f"u{n}", f"2001:db8::{n}", times=1)

    assert len(throttle._tries) == 30
