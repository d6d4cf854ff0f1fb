"""The UG-3 as its master sees it, against every published frame of it."""

from simulators.rtu import is_sealed, opened, seal
from simulators.smoke_detector import SmokeDetector

READ = "01 02 00 00 00 04 79 C9"
RESET = "01 06 00 00 00 EA 08 45"


def ask(detector: SmokeDetector, frame: str, now: int = 0) -> str:
    raw = bytes.fromhex(frame)
    assert is_sealed(raw)
    unit, pdu = opened(raw)
    return seal(unit, detector.answer(pdu, now)).hex(" ").upper()


def write(detector: SmokeDetector, register: int, value: int, now: int = 0) -> str:
    pdu = bytes((6, 0, register)) + value.to_bytes(2, "big")
    return detector.answer(pdu, now).hex(" ").upper()


def test_normal_smoke_cleared_reset() -> None:
    detector = SmokeDetector()
    assert ask(detector, READ) == "01 02 01 01 60 48"
    detector.set_smoke(True)
    assert ask(detector, READ) == "01 02 01 0D 60 4D"
    assert ask(detector, RESET) == RESET
    assert ask(detector, READ) == "01 02 01 0D 60 4D", "there is still smoke"
    detector.set_smoke(False)
    assert ask(detector, READ) == "01 02 01 0D 60 4D", "smoke latches"
    assert ask(detector, RESET) == RESET
    assert ask(detector, READ) == "01 02 01 01 60 48"
    assert detector.resets == 2


def test_removed_and_mounted_again() -> None:
    detector = SmokeDetector()
    detector.remove_head()
    assert ask(detector, READ) == "01 02 01 00 A1 88"
    detector.set_smoke(True)
    assert not any(detector.state(0).values())
    detector.mount_head()
    assert detector.state(0)["smoke"]


def test_service() -> None:
    detector = SmokeDetector()
    detector.set_service(True)
    assert ask(detector, READ) == "01 02 01 03 E1 89"
    detector.set_service(False)
    assert ask(detector, READ) == "01 02 01 01 60 48"


def test_relay_test_ends_by_itself_or_by_a_reset() -> None:
    detector = SmokeDetector(test_us=1000)
    assert write(detector, 2, 567, now=10) == "06 00 02 02 37"
    assert detector.state(1009)["relay"]
    assert not detector.state(1010)["relay"]
    write(detector, 2, 567, now=2000)
    write(detector, 0, 234, now=2001)
    assert not detector.state(2002)["relay"]


def test_code_registers() -> None:
    detector = SmokeDetector()
    assert detector.answer(bytes.fromhex("03 00 00 00 04"), 0)[2:].hex() == "000000ea00000237"
    assert write(detector, 1, 234) == "86 02"
    assert write(detector, 0, 235) == "86 03"
    assert write(detector, 2, 566) == "86 03"
    assert detector.answer(bytes.fromhex("04 00 00 00 01"), 0) == b"\x84\x01"
    assert detector.answer(bytes.fromhex("02 00 00 00 05"), 0) == b"\x82\x02"


def test_ground_truth_holds_what_was_answered() -> None:
    detector = SmokeDetector(record_reads=True, toggle_relay_each_read=True)
    for now in range(4):
        ask(detector, READ, now)
    detector.answer(bytes.fromhex("02 00 02 00 01"), 4)
    assert [read.named()["relay"] for read in list(detector.served)[:4]] == [0, 1, 0, 1]
    assert [read.at_us for read in detector.served] == [0, 1, 2, 3, 4]
    assert detector.served[4].named() == {"smoke": False}
    assert detector.reads == 5


def test_a_refused_read_is_no_truth() -> None:
    detector = SmokeDetector(record_reads=True)
    detector.answer(bytes.fromhex("02 00 00 00 09"), 0)
    assert not detector.served


def test_nothing_is_kept_unless_asked() -> None:
    detector = SmokeDetector()
    ask(detector, READ)
    assert not detector.served
    assert detector.reads == 1
