import pytest
from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.encoding import NumberType, Register
from device_profiles.encoding import Table as ProfileTable
from device_profiles.model import Condition, Held, Point, Profile, ValueKind
from device_profiles.transport import Modbus
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.driver.request_cost import RequestCost
from edge_agent.exchange import Claim, Failure, Fault, Read, Reply, Sample, Table
from tests.shipped import PROFILES
from wire.quality import GOOD, Reason, bad

UG3 = replace(PROFILES["calectro_ug3"], points=PROFILES["calectro_ug3"].points[:4])  # all read
SECOND = 1_000_000
NORMAL = (1, 0, 0, 0)
SMOKE = (1, 0, 1, 1)


def two_tables() -> Profile:
    register = Register(type=NumberType.U16, table=ProfileTable.HOLDING_REGISTERS, address=7)
    extra = Point(
        id="level", value=ValueKind.NUMBER, title=Words("a", "一"), unit="m", register=register
    )
    return replace(UG3, points=(*UG3.points, extra))


def ask(driver: ModbusDriver, now_us: int) -> Read:
    request = driver.due(now_us)
    assert request is not None
    return request


def answer(driver: ModbusDriver, now_us: int, words: tuple[int, ...] = NORMAL) -> list[Sample]:
    ask(driver, now_us)
    return driver.received(Reply(words, now_us, now_us + 20_000), now_us + 20_000)


def miss(driver: ModbusDriver, now_us: int, fault: Fault = Fault.TIME_OUT) -> list[Sample]:
    ask(driver, now_us)
    return driver.failed(Failure(fault, now_us + 500_000), now_us + 500_000)


def test_a_cycle_is_one_read_and_then_a_period() -> None:
    driver = ModbusDriver(UG3, unit=7)
    assert ask(driver, 0) == Read(7, Table.DISCRETE_INPUTS, 0, 4)
    driver.received(Reply(NORMAL, 0, 20_000), 20_000)
    assert driver.due(20_000) is None
    assert driver.due(SECOND - 150_000) is None
    assert driver.due(SECOND) is not None


def test_values_carry_the_time_of_the_reply() -> None:
    samples = answer(ModbusDriver(UG3, unit=1), 0, SMOKE)
    assert samples == [
        Sample("mounted", value=True, mono_us=20_000),
        Sample("service", value=False, mono_us=20_000),
        Sample("smoke", value=True, mono_us=20_000),
        Sample("relay", value=True, mono_us=20_000),
    ]


def test_three_misses_and_three_periods_make_it_offline() -> None:
    driver = ModbusDriver(UG3, unit=1)
    answer(driver, 0)
    assert miss(driver, SECOND) == []
    assert miss(driver, 2 * SECOND) == []
    assert not driver.is_offline
    samples = miss(driver, 3 * SECOND)
    assert samples == [
        Sample(point, None, 3_500_000, bad(Reason.COMM_FAILURE))
        for point in ("mounted", "service", "smoke", "relay")
    ]
    assert driver.is_offline


def test_three_quick_misses_are_not_enough() -> None:
    driver = ModbusDriver(UG3, unit=1, period_us=10 * SECOND)
    answer(driver, 0)
    told = [miss(driver, 10 * SECOND * turn) for turn in (1, 2)]
    driver.due(29 * SECOND)
    assert told == [[], []]
    assert driver.failed(Failure(Fault.TIME_OUT, 29 * SECOND), 29 * SECOND) == []


def test_a_device_that_never_answered_is_told_too() -> None:
    driver = ModbusDriver(UG3, unit=1)
    told = [miss(driver, turn * SECOND) for turn in range(4)]
    assert [len(samples) for samples in told] == [0, 0, 0, 4]


def test_offline_is_repeated_every_keep_alive_only() -> None:
    driver = ModbusDriver(UG3, unit=1)
    told = [len(miss(driver, turn * SECOND)) for turn in range(25)]
    assert told == [4 if turn in {3, 13, 23} else 0 for turn in range(25)]


def test_one_good_reply_ends_it() -> None:
    driver = ModbusDriver(UG3, unit=1)
    for turn in range(5):
        miss(driver, turn * SECOND)
    was_offline = driver.is_offline
    assert len(answer(driver, 6 * SECOND)) == 4
    assert (was_offline, driver.is_offline) == (True, False)
    assert miss(driver, 7 * SECOND) == []


def test_a_port_that_is_gone_is_told_at_once() -> None:
    driver = ModbusDriver(UG3, unit=1)
    answer(driver, 0)
    samples = miss(driver, SECOND, Fault.PORT_GONE)
    assert {sample.quality for sample in samples} == {bad(Reason.NOT_CONNECTED)}
    assert driver.is_offline


def test_an_exception_is_an_answer_about_these_points() -> None:
    driver = ModbusDriver(UG3, unit=1)
    samples = miss(driver, 0, Fault.EXCEPTION)
    assert {sample.quality for sample in samples} == {bad(Reason.DEVICE_EXCEPTION)}
    assert not driver.is_offline
    assert [miss(driver, turn * SECOND) for turn in (1, 2)] == [[], []]
    assert miss(driver, 3 * SECOND)[0].quality == bad(Reason.COMM_FAILURE)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_request_that_was_never_sent_is_asked_again(*, is_told: bool) -> None:
    driver = ModbusDriver(UG3, unit=1)
    first = ask(driver, 0)
    if is_told:
        assert driver.failed(Failure(Fault.RESTING, 1), 1) == []
    assert driver.due(5_000) == first


def test_a_reply_of_another_size_is_a_miss_not_a_value() -> None:
    driver = ModbusDriver(UG3, unit=1)
    assert answer(driver, 0, (1, 0)) == []
    assert driver.due(20_000) is None


def test_what_nobody_asked_for_is_not_taken() -> None:
    driver = ModbusDriver(UG3, unit=1)
    assert driver.received(Reply(SMOKE, 0, 1), 1) == []
    assert driver.failed(Failure(Fault.TIME_OUT, 1), 1) == []


def test_a_dead_table_is_seen_although_the_other_answers() -> None:
    driver = ModbusDriver(two_tables(), unit=1)
    told: list[Sample] = []
    for turn in range(5):
        answer(driver, turn * SECOND)
        told += miss(driver, turn * SECOND + 20_000)
    assert {(sample.point, sample.quality) for sample in told} == {
        ("level", bad(Reason.COMM_FAILURE))
    }
    assert not driver.is_offline


def test_the_bus_finds_its_figures() -> None:
    driver = ModbusDriver(UG3, unit=9)
    assert (driver.timeout_us, driver.late_max_us, driver.turnaround_us) == (500_000, 3_000_000, 0)
    assert driver.probe == Read(9, Table.HOLDING_REGISTERS, 1, 1)


def test_only_a_modbus_profile_is_taken() -> None:
    with pytest.raises(TypeError, match="micradar_r60afd1"):
        ModbusDriver(PROFILES["micradar_r60afd1"], unit=1)


XCD = PROFILES["honeywell_sensepoint_xcd"]


def cycle(driver: ModbusDriver, now_us: int) -> list[tuple[int, int]]:
    """Answer a whole cycle with zeros: address and count of what it asked for."""
    asked = []
    while (request := driver.due(now_us)) is not None:
        asked.append((request.address, request.count))
        driver.received(Reply((0,) * request.count, now_us, now_us), now_us)
    return asked


def test_what_hardly_changes_is_read_no_more_often_than_it_says() -> None:
    driver = ModbusDriver(XCD, unit=1)
    cycles = [cycle(driver, turn * SECOND) for turn in range(62)]
    whole = [(0, 13), (13, 8), (45, 7), (16, 1), (55, 3)]
    assert [*whole, (0, 9)] == cycles[0]
    assert [n for n, asked in enumerate(cycles) if asked == whole] == [60]
    assert all(asked == whole[:2] for n, asked in enumerate(cycles) if n not in {0, 60})


def test_after_a_silence_all_of_it_is_read_anew() -> None:
    driver = ModbusDriver(XCD, unit=1)
    cycle(driver, 0)
    told: list[Sample] = []
    for turn in range(1, 6):
        told += miss(driver, turn * SECOND)
    assert {sample.point for sample in told} == {point.id for point in XCD.points}
    assert driver.is_offline
    assert {(45, 7), (55, 3), (0, 9)} <= set(cycle(driver, 7 * SECOND))
    assert not driver.is_offline


def test_a_refusal_of_what_hardly_changes_is_not_asked_about_each_second() -> None:
    driver = ModbusDriver(PROFILES["witmotion_485"], unit=80)
    answer(driver, 0, (0,) * 12)
    samples = miss(driver, 0, Fault.EXCEPTION)
    assert [(one.point, one.quality) for one in samples] == [
        ("battery", bad(Reason.DEVICE_EXCEPTION))
    ]
    answer(driver, 0, (2590,))
    assert cycle(driver, SECOND) == [(0x34, 12)]


def test_the_baseline_makes_a_tilt() -> None:
    words = (0, 0, 2048, *(0,) * 9)
    for baseline, quality in (((0.0, 0.0, 1.0), GOOD), (None, bad(Reason.CONFIGURATION))):
        driver = ModbusDriver(PROFILES["witmotion_485"], unit=80, baseline=baseline)
        (tilt,) = (one for one in answer(driver, 0, words) if one.point == "tilt")
        assert tilt.quality == quality


def test_another_baseline_counts_from_the_next_answer_on() -> None:
    words = (0, 0, 2048, *(0,) * 9)
    driver = ModbusDriver(PROFILES["witmotion_485"], unit=80, baseline=(0.0, 0.0, 1.0))
    for at, (baseline, angle) in enumerate([((0.0, 0.0, 1.0), 0.0), ((0.0, 1.0, 0.0), 90.0)]):
        driver.rebase(baseline)
        (tilt,) = (one for one in answer(driver, at * SECOND, words) if one.point == "tilt")
        assert tilt.value == angle
        if at == 0:
            answer(driver, 0, (0,))  # the battery
            answer(driver, 0, (2590,))  # the firmware


def burning() -> Profile:
    """For how long smoke has been told."""
    held = Held(all=(Condition(point="smoke", equals=True),))
    point = Point(id="burning", value=ValueKind.NUMBER, title=Words("a", "一"), unit="s", held=held)
    return replace(UG3, points=(*UG3.points, point))


def told(samples: list[Sample]) -> list[tuple[object, str]]:
    return [
        (sample.value, sample.quality.reason) for sample in samples if sample.point == "burning"
    ]


def test_points_that_follow_from_others_are_told_with_each_answer_and_each_failure() -> None:
    driver = ModbusDriver(burning(), unit=1)
    assert told(answer(driver, 0, SMOKE)) == [(0.0, Reason.OK)]
    assert told(answer(driver, SECOND, SMOKE)) == [(1.0, Reason.OK)]
    assert told(miss(driver, 2 * SECOND)) == [(2.48, Reason.OK)]
    assert told(miss(driver, 3 * SECOND, Fault.PORT_GONE)) == [(None, Reason.NOT_CONNECTED)]
    assert told(answer(driver, 4 * SECOND)) == [(0.0, Reason.OK)]


def holed(count: int, *, hole_at: int | None = None, **transport: object) -> Profile:
    """Numbers in registers from 0 on, one of which may be left out."""
    assert isinstance(UG3.transport, Modbus)
    points = tuple(
        Point(
            id=f"r{n}",
            value=ValueKind.NUMBER,
            title=Words("a", "一"),
            unit="m",
            register=Register(type=NumberType.U16, table=ProfileTable.HOLDING_REGISTERS, address=n),
        )
        for n in range(count)
        if n != hole_at
    )
    own = replace(UG3.transport, probe=None, max_gap=4, **transport)
    return replace(UG3, points=points, transport=own, rules=())


class Device:
    """Holding registers of which some are not there; counts what it is asked."""

    def __init__(self, driver: ModbusDriver, missing: set[int]) -> None:
        self.driver = driver
        self.missing = missing
        self.asked: list[tuple[int, int]] = []

    def cycle(self, now_us: int, claim: Claim | None = None) -> dict[str, Sample]:
        """Answer all that is due; the last sample of each point."""
        told: dict[str, Sample] = {}
        self.asked = []
        while (request := self.driver.due(now_us, claim)) is not None:
            self.asked.append((request.address, request.count))
            span = range(request.address, request.address + request.count)
            if self.missing & set(span):
                samples = self.driver.failed(Failure(Fault.EXCEPTION, now_us, 2), now_us)
            else:
                samples = self.driver.received(Reply(tuple(span), now_us, now_us), now_us)
            told |= {sample.point: sample for sample in samples}
        return told


def test_a_register_that_is_not_there_costs_one_search_and_its_points_alone() -> None:
    here = Device(ModbusDriver(holed(6), unit=1), {4})
    told = here.cycle(0)
    assert here.asked == [(0, 6), *((n, 1) for n in range(6)), (0, 4), (5, 1)]
    assert told["r4"].quality == bad(Reason.DEVICE_EXCEPTION)
    assert {name: one.value for name, one in told.items() if name != "r4"} == {
        f"r{n}": float(n) for n in (0, 1, 2, 3, 5)
    }
    assert here.driver.refused == ("r4",)
    here.cycle(SECOND)
    assert here.asked == [(0, 4), (5, 1)]


def test_what_is_refused_is_told_with_each_keep_alive_and_tried_again_each_day() -> None:
    here = Device(ModbusDriver(holed(3), unit=1), {1})
    here.cycle(0)
    told = [here.cycle(n * SECOND) for n in range(1, 130)]
    assert [n for n, one in enumerate(told, 1) if "r1" in one] == [60, 120]
    day = 86_400 * SECOND
    here.missing.clear()
    here.cycle(day)
    assert here.asked == [(0, 1), (0, 1), (2, 1), (1, 1), (0, 3)]
    assert here.driver.refused == ()


def test_a_hole_that_is_not_there_costs_no_point() -> None:
    here = Device(ModbusDriver(holed(5, hole_at=2), unit=1), {2})
    told = here.cycle(0)
    assert {one.quality for one in told.values()} == {GOOD}
    assert here.driver.refused == ()
    here.cycle(SECOND)
    assert here.asked == [(0, 2), (3, 2)]


def test_a_device_that_refuses_everything_is_told_bad_and_asked_as_before() -> None:
    here = Device(ModbusDriver(holed(3), unit=1), {0, 1, 2})
    told = here.cycle(0)
    assert {one.quality for one in told.values()} == {bad(Reason.DEVICE_EXCEPTION)}
    here.cycle(SECOND)
    assert here.asked == [(0, 3)]
    here.missing.clear()
    told = here.cycle(2 * SECOND)
    assert {one.quality for one in told.values()} == {GOOD}


def test_a_refused_hazard_point_is_tried_again_within_ten_minutes() -> None:
    here = Device(ModbusDriver(holed(3), unit=1, hazards={"r1"}), {1})
    here.cycle(0)
    here.cycle(599 * SECOND)
    assert (1, 1) not in here.asked
    here.missing.clear()
    here.cycle(601 * SECOND)
    assert here.driver.refused == ()


def test_another_refusal_parts_nothing() -> None:
    driver = ModbusDriver(holed(3), unit=1)
    samples = miss(driver, 0, Fault.EXCEPTION)
    assert {sample.quality for sample in samples} == {bad(Reason.DEVICE_EXCEPTION)}
    assert ask(driver, SECOND).count == 3


def test_a_crowded_line_reads_hazard_points_apart() -> None:
    cost = RequestCost(character_us=1_042.0)
    driver = ModbusDriver(holed(40), unit=1, hazards={"r7"}, cost=cost)
    here = Device(driver, set())
    assert list(driver.claims) == [Claim.HARD]
    here.cycle(0)
    assert here.asked == [(0, 40)]
    assert driver.crowd(is_crowded=True)
    assert list(driver.claims) == [Claim.HARD, Claim.SOFT]
    assert set(here.cycle(SECOND, Claim.HARD)) == {"r7"}
    assert here.asked == [(7, 1)]
    assert len(here.cycle(SECOND, Claim.SOFT)) >= 39
    assert not driver.crowd(is_crowded=True)
    assert driver.crowd(is_crowded=False)
    here.cycle(2 * SECOND)
    assert here.asked == [(0, 40)]


def test_what_no_hazard_rule_needs_is_soft_from_the_start() -> None:
    assert ModbusDriver(holed(3), unit=1).claims == (Claim.SOFT,)
    both = ModbusDriver(two_tables(), unit=1, hazards={"smoke"})
    assert both.claims == (Claim.HARD, Claim.SOFT)
    assert both.due(0, Claim.SOFT) == Read(1, Table.HOLDING_REGISTERS, 7, 1)
    assert both.due(0, Claim.HARD) == Read(1, Table.DISCRETE_INPUTS, 0, 4)
