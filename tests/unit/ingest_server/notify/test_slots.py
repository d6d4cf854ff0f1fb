"""Slots are bounded per receiver and keep room for life safety."""

from ingest_server.db.delivery import Delivery, DeliveryState
from ingest_server.notify.slots import SlotPlan, Slots

PLAN = SlotPlan(total=4, reserved=2)


def delivery(number: int, *, life_safety: bool, receiver: str = "city") -> Delivery:
    return Delivery(
        number=number,
        id=f"msg_{number}",
        receiver=receiver,
        alarm_id=f"al-{number}",
        revision=1,
        life_safety=life_safety,
        snapshot=b"{}",
        state=DeliveryState.WAITING,
        queued_us=0,
        attempts=0,
        failures=0,
        failing_since_us=None,
        next_us=0,
        settled_us=None,
        superseded_by=None,
    )


def test_ordinary_ones_leave_the_reserve_alone() -> None:
    slots = Slots(PLAN)
    ordinary = [delivery(n, life_safety=False) for n in range(5)]
    assert slots.take(ordinary) == ordinary[:2]
    urgent = [delivery(n, life_safety=True) for n in range(10, 15)]
    assert slots.take(urgent) == urgent[:2]


def test_life_safety_may_take_all() -> None:
    slots = Slots(PLAN)
    urgent = [delivery(n, life_safety=True) for n in range(5)]
    assert slots.take(urgent) == urgent[:4]
    assert slots.take([delivery(9, life_safety=False)]) == []
    slots.free(urgent[0])
    assert slots.take(urgent[4:]) == urgent[4:]


def test_one_receiver_takes_nothing_from_another() -> None:
    slots = Slots(PLAN)
    slots.take(delivery(n, life_safety=True) for n in range(9))
    other = [delivery(20, life_safety=False, receiver="district")]
    assert slots.take(other) == other
