"""What a bench says of its repeats: medians, ratios of one run, aims."""

from bench.load.lines import Aim, Found, Line, gather
from bench.load.report import bar, sparkline


def test_a_ratio_is_the_median_of_the_ratios_of_each_run() -> None:
    runs = [
        Found([Line("frames", "", ours, rival, "nchan", Aim(0.5, of="ratio"))])
        for ours, rival in ((10.0, 100.0), (60.0, 100.0), (80.0, 10.0))
    ]

    (result,) = gather(runs)

    assert result.ours.median == 60.0
    assert result.ratio is not None
    # Not 60 / 100 of the medians' own: the runs gave 0.1, 0.6 and 8.
    assert (result.ratio.least, result.ratio.median, result.ratio.most) == (0.1, 0.6, 8.0)
    assert result.met is True


def test_an_aim_without_a_rival_is_neither_met_nor_missed() -> None:
    (result,) = gather([Found([Line("p99", "ms", 9.0, None, "frontail", Aim(1.5, of="ratio", less=True))])])

    assert result.met is None


def test_less_is_better_where_the_aim_says_so() -> None:
    assert Aim(100, less=True).met(99.0, None) is True
    assert Aim(100, less=True).met(101.0, None) is False
    assert Aim(100).met(99.0, None) is False


def test_a_bar_fills_with_its_part() -> None:
    assert bar(1.0) == "█" * 12
    assert bar(0.5) == "█" * 6 + " " * 6
    assert bar(0.001) == "▏" + " " * 11


def test_a_sparkline_rises_to_its_largest_value() -> None:
    assert sparkline([0.0, 5.0, 10.0]) == "▁▅█"
