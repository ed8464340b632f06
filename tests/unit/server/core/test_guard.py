"""A query is suspended for its average cost, not for one slow batch, and not before enough was seen."""

from debugterm_server.core.guard import Guard


def test_a_query_that_always_costs_too_much_is_suspended_after_a_sample() -> None:
    guard = Guard()

    assert [guard.spent(1_000, 1_000 * 30e-6) for _ in range(5)] == [False, False, False, False, True]
    assert round(guard.micros) == 30


def test_one_slow_batch_among_cheap_ones_is_forgiven() -> None:
    guard = Guard()
    costs = [2e-6] * 9 + [100e-6] + [2e-6] * 20

    assert not any(guard.spent(1_000, 1_000 * cost) for cost in costs)


def test_a_query_that_becomes_expensive_is_found() -> None:
    guard = Guard()
    costs = [1e-6] * 100 + [40e-6] * 20

    assert any(guard.spent(1_000, 1_000 * cost) for cost in costs)


def test_nothing_is_known_of_a_new_query() -> None:
    assert Guard().micros == 0
