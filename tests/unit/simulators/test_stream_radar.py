"""What every radar does: boots, is told on change and by the clock, watches, fails and heals."""

from collections.abc import Iterable, Sequence

from simulators.fault import late, silence
from simulators.kept_settings import KeptSettings
from simulators.person import Body, Person
from simulators.stream_radar import Said, StreamRadar, Timed

S = 1_000_000


class Lines:
    """A reader of single letters; a dot ends nothing."""

    def __init__(self) -> None:
        self.forgotten = 0

    def feed(self, data: bytes) -> list[bytes]:
        return [bytes((byte,)) for byte in data]

    def forget(self) -> None:
        self.forgotten += 1


class Toy(StreamRadar[bytes, int]):
    NAMES = ("people", "tick")
    START = b"<"

    def __init__(self, boot_us: int = 0) -> None:
        super().__init__(
            {"people": 0},
            KeptSettings({"volume": 1}, {}),
            Lines(),
            boot_us=boot_us,
            checksum_at=None,
            record=True,
            seed=0,
        )
        self.looks: list[int] = []

    def _look(self, bodies: Sequence[Body], now: int) -> None:
        self.looks.append(now)
        self.conditions.sense("people", len(bodies))

    def _answer(self, frame: bytes, now: int) -> Said | None:  # noqa: ARG002 - as the class asks
        if frame == b"v":
            self.settings["volume"] += 1
        return None if frame == b"?" else ("answer", frame.upper())

    def _timed(self) -> dict[str, Timed]:
        return {"tick": (S, lambda _: b"t")}

    def _first(self, now: int) -> Iterable[Said]:  # noqa: ARG002 - as the class asks
        return [("people", b"<%d>" % self._told("people"))]

    def _changed(self, name: str, value: float) -> Iterable[Said]:
        return [(name, b"[%d]" % value)]


def test_boots_tells_on_change_and_by_the_clock() -> None:
    toy = Toy(boot_us=100)
    toy.conditions.put("people", 2)
    assert toy.due(0) == b""
    assert toy.wake_us(0) == 100
    assert toy.due(100) == b"<2>"
    toy.conditions.put("people", 3)
    assert toy.conditions.have_changed
    assert toy.wake_us(100) == 100
    assert toy.due(150) == b"[3]"
    assert toy.wake_us(150) == S + 100
    assert toy.due(5 * S) == b"t"
    assert toy.due(5 * S + 50) == b""
    assert toy.state() == {"people": 3}


def test_answers_in_order_and_counts_what_it_ignores() -> None:
    toy = Toy()
    toy.due(0)
    assert toy.received(b"a?b", 1) == b"AB"
    assert toy.ignored == 1


def test_a_late_answer_comes_with_the_reports() -> None:
    toy = Toy()
    toy.due(0)
    toy.faults.add(late(0.8, 1, only="answer"))
    assert toy.received(b"a", 0) == b""
    assert toy.wake_us(0) == 800_000
    assert toy.due(800_000) == b"A"


def test_a_reboot_can_take_its_time() -> None:
    toy = Toy()
    toy.due(0)
    toy.warm_up(10, 0)
    assert toy.due(S) == b""
    assert toy.due(10 * S) == b""
    assert toy.due(11 * S) == b"<0>"
    toy.reboot()
    assert toy.due(12 * S) == b"<0>"
    assert toy.reboots == 2


def test_people_are_seen_ten_times_a_second_also_when_nobody_asked() -> None:
    toy, person, other = Toy(), Person(), Person()
    toy.due(0)
    toy.watch(person, other)
    person.walk(0)
    assert toy.due(S) == b"[1]t"
    assert toy.wake_us(S) == S + 100_000
    other.walk(2 * S)
    assert toy.due(3 * S) == b"[2]t"
    assert toy.looks == list(range(100_000, 3 * S + 1, 100_000))


def test_a_long_gap_is_looked_through_in_bounded_steps() -> None:
    toy = Toy()
    toy.watch(Person())
    toy.due(0)
    toy.due(86_400 * S)
    assert len(toy.looks) <= 10_002


def test_the_hand_goes_before_the_eye() -> None:
    toy, person = Toy(), Person()
    toy.watch(person)
    toy.conditions.put("people", 7)
    toy.due(0)
    person.walk(0)
    assert toy.due(S) == b"t"
    toy.follow()
    assert toy.due(2 * S) == b"[1]t"


def test_settings_that_were_not_saved_are_lost() -> None:
    toy = Toy()
    toy.due(0)
    toy.settings.forget()
    toy.received(b"v", 0)
    assert toy.settings["volume"] == 2
    toy.reboot()
    toy.due(1)
    assert toy.settings["volume"] == 1


def test_heals_of_everything() -> None:
    toy = Toy()
    toy.due(0)
    toy.faults.add(silence())
    toy.conditions.stick("people")
    toy.settings.forget()
    toy.conditions.put("people", 1)
    assert toy.due(1) == b""
    toy.heal()
    assert toy.due(2) == b"[1]"
    toy.settings["volume"] = 5
    toy.reboot()
    toy.due(3)
    assert toy.settings["volume"] == 5


def test_keeps_a_record() -> None:
    toy = Toy()
    toy.due(0)
    assert [(one.name, one.frame) for one in toy.sent] == [("people", b"<0>")]
