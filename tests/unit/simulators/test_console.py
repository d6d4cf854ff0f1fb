"""Orders are found and carried out; what is wrong is explained."""

import pytest

from simulators.console import Console, Order, OrderError, finite, number, of, plain, switch


def console(seen: list[object]) -> Console:
    return Console(
        {
            "smoke": switch(seen.append),
            "reset": plain(lambda: seen.append("reset")),
            "level": number("METRES", seen.append),
            "word": Order("WORD", lambda words: seen.append(words[0])),
        }
    )


def test_orders_are_carried_out() -> None:
    seen: list[object] = []
    told = console(seen)
    for line in ("smoke on", "smoke off", "reset", "level 0.3", "word x", "   "):
        told.obey(line)
    assert seen == [True, False, "reset", 0.3, "x"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("smok on", "did you mean smoke"),
        ("xyzzy", "try help"),
        ("smoke", "usage: smoke on|off"),
        ("smoke perhaps", "usage: smoke"),
        ("reset now", "usage: reset"),
        ("level", "usage: level METRES"),
        ("level nan", "usage: level"),
        ("level 1 2", "usage: level"),
        ("word", "usage: word"),
    ],
)
def test_wrong_orders_are_explained(line: str, told: str) -> None:
    with pytest.raises(OrderError, match=told.replace("|", r"\|")):
        console([]).obey(line)


def test_what_concerns_one_device_follows_its_name() -> None:
    seen: list[object] = []
    both = Console(of("sensor", console(seen)))
    both.obey("sensor smoke on")
    assert seen == [True]
    with pytest.raises(OrderError, match="did you mean smoke"):
        both.obey("sensor smok on")
    assert "smoke on|off" in both.help()


def test_help_names_every_order() -> None:
    assert console([]).help().splitlines()[:2] == ["  smoke on|off", "  reset"]


def test_finite() -> None:
    assert finite("-1e3") == -1000
    with pytest.raises(ValueError, match="number"):
        finite("inf")
