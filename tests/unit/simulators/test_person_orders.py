"""A person can be told everything, one word after their name."""

import pytest

from simulators.console import Console, OrderError
from simulators.person import Doing, Person
from simulators.person_orders import person_orders


class Told:
    """A person of the console, the time, and how often the radar was to follow."""

    def __init__(self) -> None:
        self.person = Person()
        self.now = 0
        self.followed = 0
        self.console = Console(person_orders(self.person, lambda: self.now, self._follow))

    def _follow(self) -> None:
        self.followed += 1


@pytest.mark.parametrize(
    ("line", "doing"),
    [
        ("walk", Doing.WALKING),
        ("sit", Doing.SITTING),
        ("fall", Doing.LYING),
        ("lie", Doing.LYING),
        ("get-up", Doing.WALKING),
        ("bed", Doing.IN_BED),
        ("sleep", Doing.ASLEEP),
        ("leave", Doing.AWAY),
    ],
)
def test_does(line: str, doing: Doing) -> None:
    told = Told()
    told.console.obey("person walk")
    told.console.obey(f"person {line}")
    assert told.person.doing(20_000_000) is doing
    assert told.followed == 2


def test_is() -> None:
    told = Told()
    for line in ("sleep", "breath 8", "heart 110", "apnoea on", "struggle on"):
        told.console.obey(f"person {line}")
    told.now = 200_000_000
    body = told.person.body(told.now)
    assert (body.breath, body.struggling) == (0, True)
    assert body.heart > 80
    told.console.obey("person apnoea off")
    assert 4 < told.person.body(told.now).breath < 10
    told.console.obey("person wake")
    assert told.person.doing(told.now) is Doing.IN_BED


@pytest.mark.parametrize("line", ["person", "person fly", "person breath x", "person heart 900"])
def test_wrong_words_are_explained(line: str) -> None:
    told = Told()
    with pytest.raises(OrderError, match=r"usage|unknown order"):
        told.console.obey(line)
    assert told.followed == 0
