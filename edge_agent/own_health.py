"""What a gateway says of itself: its computer, and what it does without being asked."""

import msgspec


class MachineHealth(msgspec.Struct, frozen=True):
    """The computer itself; None what it does not say."""

    memory: int | None = None
    disk_free: int | None = None
    temperature: float | None = None


class BaselineHealth(msgspec.Struct, frozen=True):
    """What a point is judged against; `standing`: taken, configured, absent or other_device.

    `by` and `at` (RFC 3339, "" with the clock unset) of one that was taken here; `void`: why that
    counts no more.
    """

    device: str
    point: str
    unit: str
    standing: str
    value: tuple[float, ...] | None = None
    by: str = ""
    at: str = ""
    note: str = ""
    void: str = ""


class SalvageHealth(msgspec.Struct, frozen=True):
    """How far a file is that was set aside and is not in the buffer yet.

    `part`: waiting, searching or bringing; `share` of that is done (0 to 1); `readings` that came
    over. `problem`: why it does not go on.
    """

    file: str
    part: str
    share: float = 0.0
    readings: int = 0
    problem: str = ""


class LocalActionHealth(msgspec.Struct, frozen=True):
    """`state` and `reason` are those of its table; `since_us`: when the state began, if it did.

    `holding`: what holds now, as `device/rule`. `detail`: what came of the last order.
    """

    name: str
    device: str
    action: str
    state: str
    reason: str
    since_us: int | None = None
    holding: tuple[str, ...] = ()
    detail: str = ""
