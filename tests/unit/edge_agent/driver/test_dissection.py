from alarm_rules.rule import Words
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.model import Point, Tilt, ValueKind
from edge_agent.driver.dissection import AGAIN_US, HARD_AGAIN_US, Dissection, can_be_parted
from edge_agent.driver.request_plan import PlannedRead

HOLDING = Table.HOLDING_REGISTERS


def point(address: int, type_: NumberType = NumberType.U16, name: str | None = None) -> Point:
    register = Register(type=type_, table=HOLDING, address=address)
    title = Words("a", "一")
    own = f"p{address}" if name is None else name
    return Point(id=own, value=ValueKind.NUMBER, title=title, unit="m", register=register)


def read(*points: Point, count: int | None = None) -> PlannedRead:
    first, last = points[0].register, points[-1].register
    assert first is not None
    assert last is not None
    span = last.address + last.count - first.address
    return PlannedRead(HOLDING, first.address, span if count is None else count, points)


def spans(one: Dissection) -> list[tuple[int, int]]:
    return [(part.address, part.count) for part in one.reads()]


def search(one: Dissection, refuses: set[int]) -> int:
    """Ask each part by itself; how many requests that took."""
    asked = 0
    for part in one.reads():
        asked += 1
        if one.told(part, is_refused=part.address in refuses):
            break
    return asked


def test_each_place_is_asked_once_and_the_good_ones_are_read_together() -> None:
    one = Dissection(read(*(point(n) for n in range(8))), AGAIN_US, 0)
    assert spans(one) == [(n, 1) for n in range(8)]
    assert all(part.points == () for part in one.reads())
    assert search(one, {5}) == 8
    assert spans(one) == [(0, 5), (6, 2)]
    assert [[p.id for p in part.points] for part in one.reads()] == [
        ["p0", "p1", "p2", "p3", "p4"],
        ["p6", "p7"],
    ]
    assert [p.id for p in one.refused_points] == ["p5"]


def test_a_hole_that_the_device_refuses_is_read_over_no_more() -> None:
    one = Dissection(read(point(0), point(4)), AGAIN_US, 0)
    search(one, set())
    assert spans(one) == [(0, 1), (4, 1)]
    assert one.refused_points == ()
    assert not one.is_mended
    assert not one.try_again(AGAIN_US - 1)
    assert one.try_again(AGAIN_US)
    assert one.is_mended


def test_what_overlaps_is_asked_in_one_piece() -> None:
    wide, half = point(2, NumberType.F32), point(3)
    one = Dissection(read(point(1), wide, half), AGAIN_US, 0)
    assert spans(one) == [(1, 1), (2, 2)]
    search(one, {2})
    assert [p.id for p in one.refused_points] == ["p2", "p3"]


def test_a_computed_point_stays_with_all_that_it_is_computed_from() -> None:
    axes = [point(n, name=name) for n, name in enumerate("xyz")]
    tilt = Point(
        id="tilt",
        value=ValueKind.NUMBER,
        title=Words("a", "一"),
        unit="deg",
        tilt=Tilt(x="x", y="y", z="z"),
    )
    whole = PlannedRead(HOLDING, 0, 4, (*axes, point(3), tilt))
    kept = Dissection(whole, AGAIN_US, 0)
    search(kept, {3})
    assert [p.id for p in kept.reads()[0].points] == ["x", "y", "z", "tilt"]
    lost = Dissection(whole, AGAIN_US, 0)
    search(lost, {1})
    assert all("tilt" not in [p.id for p in part.points] for part in lost.reads())
    assert [p.id for p in lost.refused_points] == ["y", "tilt"]


def test_a_device_that_refuses_everything_is_asked_as_before() -> None:
    whole = read(point(0), point(1))
    one = Dissection(whole, HARD_AGAIN_US, 0)
    search(one, {0, 1})
    assert one.is_hopeless
    assert one.reads() == (whole,)
    assert one.refused_points == ()
    assert one.try_again(HARD_AGAIN_US)
    assert spans(one) == [(0, 1), (1, 1)]


def test_what_is_refused_is_tried_again_by_itself_beside_the_good_ones() -> None:
    one = Dissection(read(*(point(n) for n in range(4))), HARD_AGAIN_US, 0)
    search(one, {2})
    assert one.try_again(HARD_AGAIN_US)
    assert spans(one) == [(0, 2), (3, 1), (2, 1)]
    assert [bool(part.points) for part in one.reads()] == [True, True, False]
    search(one, {2})
    assert spans(one) == [(0, 2), (3, 1)]
    assert not one.try_again(2 * HARD_AGAIN_US - 1)
    assert one.try_again(2 * HARD_AGAIN_US)
    search(one, set())
    assert one.is_mended


def test_an_answer_that_comes_twice_counts_once() -> None:
    one = Dissection(read(point(0), point(1)), AGAIN_US, 0)
    first, second = one.reads()
    assert not one.told(first, is_refused=False)
    assert not one.told(first, is_refused=True)
    assert one.told(second, is_refused=False)
    assert spans(one) == [(0, 2)]


def test_only_what_has_parts_or_a_hole_can_be_parted() -> None:
    assert not can_be_parted(read(point(0)))
    assert can_be_parted(read(point(0), point(1)))
    assert can_be_parted(read(point(0), count=3))
    assert not can_be_parted(PlannedRead(HOLDING, 0, 5, ()))
