"""The tables of a scenario file, as TOML holds them, typed; who reads them checks what they say."""

from typing import Annotated, Any, Final, Literal

import msgspec

from simulators.scenario.model import Carrier, Others

NAME: Final = r"\A[a-z0-9][a-z0-9-]{0,63}\Z"
Name = Annotated[str, msgspec.Meta(pattern=NAME)]
Rule = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z0-9_]{0,31}\Z")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Order = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=200)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1000)]
AlarmType = Literal["alarm.raised", "alarm.changed", "alarm.cleared", "alarm.closed"]
Severity = Literal["critical", "high", "warning", "notice"]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in both languages."""

    en: Text
    zh: Text


class LineTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[lines.NAME]: only for a line that several devices share, or that is no pty."""

    carrier: Carrier = Carrier.PTY
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 0
    baud: Annotated[int, msgspec.Meta(ge=300, le=1_000_000)] | None = None
    parity: Literal["N", "E", "O"] | None = None
    stop_bits: Literal[1, 2] | None = None


class DeviceTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[devices.NAME]: without `line` and `place` it has its own."""

    kind: str
    line: Name | None = None
    place: Name | None = None
    unit: Annotated[int, msgspec.Meta(ge=1, le=255)] | None = None
    profile: str | None = None
    agent: dict[str, Any] = {}


class ExpectTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of `expect` in an entry of the timeline."""

    device: Name | None = None
    rule: Rule | None = None
    type: AlarmType = "alarm.raised"
    severity: Severity | None = None
    for_: str = msgspec.field(name="for", default="0s")
    within: str = "5s"
    least: Count = 1
    most: Count | None = None
    nothing: bool = False


class StepTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[timeline]]: an order for a device, or expectations, or both."""

    at: str
    device: Name | None = None
    do: Order | None = None
    text: Words | None = None
    expect: tuple[ExpectTable, ...] = ()


class ScenarioFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    title: Words
    devices: Annotated[dict[Name, DeviceTable], msgspec.Meta(min_length=1, max_length=64)]
    timeline: Annotated[tuple[StepTable, ...], msgspec.Meta(min_length=1, max_length=1000)]
    lines: dict[Name, LineTable] = {}
    length: str | None = None
    fastest: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 1.0
    others: Others = Others.REFUSED
