"""Reads a scenario file; an error names its file, line and key, and what would be right."""

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import msgspec

from runtime.toml_lines import line_told
from simulators.fleet.incident import parse_duration
from simulators.scenario.complaint import Complaint, ScenarioError, told, unknown
from simulators.scenario.kinds import MODBUS, PROFILES, STREAM, TWO_DEVICES
from simulators.scenario.model import Carrier, Device, Expectation, Line, Scenario, Step
from simulators.scenario.tables import (
    DeviceTable,
    ExpectTable,
    LineTable,
    ScenarioFile,
    StepTable,
)


def read_scenario(text: str, *, name: str, file: str) -> Scenario:
    """Return the scenario that a TOML text holds. Raises ScenarioError."""
    try:
        found = tomllib.loads(text)
    except ValueError as wrong:  # TOMLDecodeError is one; so is a number of thousands of digits
        line = line_told(wrong)
        raise ScenarioError(f"{file if line is None else f'{file}:{line}'}: {wrong}") from wrong
    try:
        tables = msgspec.convert(found, ScenarioFile)
    except msgspec.ValidationError as wrong:
        raise told(str(wrong), found).of(file, text) from wrong
    return _Reading(file, text).scenario(name, tables)


class _Reading:
    """Turns the tables of one file into a scenario."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text

    def scenario(self, name: str, tables: ScenarioFile) -> Scenario:
        devices = tuple(self._device(*one) for one in tables.devices.items())
        lines = self._lines(tables, devices)
        self._check_units(devices)
        steps, expectations = self._timeline(tables)
        last = max((step.at_us for step in steps), default=0)
        length_us = max([last, *(one.to_us for one in expectations)])
        if tables.length is not None:
            length_us = self._at_least("length", tables.length, length_us)
        title: Mapping[Any, str] = {"en": tables.title.en, "zh": tables.title.zh}
        return Scenario(
            name,
            title,
            lines,
            devices,
            steps,
            expectations,
            length_us,
            tables.fastest,
            tables.others,
        )

    # Devices and lines ----------------------------------------------------------------------

    def _device(self, name: str, table: DeviceTable) -> Device:
        key = f"devices.{name}"
        if table.kind == TWO_DEVICES:
            self._refuse(
                f"{key}.kind", "manhole is two devices: name wt901c485 and sqr2, one place"
            )
        if table.kind not in PROFILES:
            self._refuse(f"{key}.kind", unknown("kind", table.kind, PROFILES))
        if table.unit is not None and table.kind in STREAM:
            self._refuse(f"{key}.unit", f"a {table.kind} has no address; take the key away")
        unit = table.unit if table.unit or table.kind in STREAM else MODBUS[table.kind].unit
        return Device(
            name,
            table.kind,
            table.line or name,
            table.place or name,
            table.profile or PROFILES[table.kind],
            unit,
            table.agent,
        )

    def _lines(self, tables: ScenarioFile, devices: Iterable[Device]) -> tuple[Line, ...]:
        found: dict[str, list[Device]] = {}
        for one in devices:
            found.setdefault(one.line, []).append(one)
        for name in tables.lines:
            if name not in found:
                self._refuse(f"lines.{name}", "no device names this line; name it, or take it away")
        for one in devices:
            if one.line != one.name and one.line not in tables.lines:
                known = unknown("line", one.line, tables.lines)
                self._refuse(f"devices.{one.name}.line", f"{known}; write [lines.{one.line}]")
        return tuple(self._line(name, hung, tables) for name, hung in found.items())

    def _line(self, name: str, hung: list[Device], tables: ScenarioFile) -> Line:
        table = tables.lines.get(name, LineTable())
        streams = [one.name for one in hung if one.kind in STREAM]
        if streams and len(hung) > 1:
            self._refuse(f"lines.{name}", f"{streams[0]} talks by itself and needs its own line")
        if streams and table.carrier is not Carrier.PTY:
            self._refuse(f"lines.{name}.carrier", f'{streams[0]} speaks on a "pty" only')
        if table.port and table.carrier is Carrier.PTY:
            self._refuse(f"lines.{name}.port", 'a pty has none; set carrier = "tcp" or "rtu-tcp"')
        return Line(name, table.carrier, table.port, table.baud, table.parity, table.stop_bits)

    def _check_units(self, devices: Iterable[Device]) -> None:
        taken: dict[tuple[str, int], str] = {}
        for one in devices:
            if one.unit is not None:
                other = taken.setdefault((one.line, one.unit), one.name)
                if other != one.name:
                    text = f"{other} has unit {one.unit} on {one.line}; give another, or use twin"
                    self._refuse(f"devices.{one.name}.unit", text)

    # Timeline -------------------------------------------------------------------------------

    def _timeline(self, tables: ScenarioFile) -> tuple[tuple[Step, ...], tuple[Expectation, ...]]:
        steps: list[Step] = []
        expectations: list[Expectation] = []
        at_us = 0
        for index, table in enumerate(tables.timeline):
            key = f"timeline[{index}]"
            at_us = self._at_least(f"{key}.at", table.at, at_us)
            self._check_device(f"{key}.device", table.device, tables)
            if table.do is not None:
                steps.append(self._step(key, index, at_us, table))
            elif not table.expect:
                self._refuse(key, "nothing happens; write `do`, or `expect`")
            for place, wanted in enumerate(table.expect):
                where = f"{key}.expect[{place}]"
                self._check_device(f"{where}.device", wanted.device, tables)
                device = wanted.device or table.device
                expectations.append(
                    self._expectation(where, len(expectations) + 1, at_us, device, wanted)
                )
        return tuple(steps), tuple(expectations)

    def _step(self, key: str, index: int, at_us: int, table: StepTable) -> Step:
        if table.device is None or table.do is None:
            self._refuse(f"{key}.device", "missing: which device is told `do`?")
        text = table.text
        told: Mapping[Any, str] = {} if text is None else {"en": text.en, "zh": text.zh}
        return Step(index, at_us, table.device, table.do, told)

    def _expectation(
        self, key: str, number: int, at_us: int, device: str | None, table: ExpectTable
    ) -> Expectation:
        for_us = self._duration(f"{key}.for", table.for_)
        within_us = self._duration(f"{key}.within", table.within)
        if not table.nothing and (device is None or table.rule is None):
            missing = "device" if device is None else "rule"
            self._refuse(f"{key}.{missing}", "missing: an alarm is of a device and of a rule")
        if table.nothing and (table.most is not None or table.least != 1):
            self._refuse(f"{key}.nothing", "stands without `least` and `most`")
        if table.most is not None and table.most < max(table.least, 1):
            self._refuse(f"{key}.most", "is at least 1 and `least`; write nothing = true for none")
        return Expectation(
            number,
            device,
            table.rule,
            table.type,
            table.severity,
            at_us,
            at_us + for_us,
            within_us,
            0 if table.nothing else table.least,
            0 if table.nothing else table.most,
        )

    def _check_device(self, key: str, name: str | None, tables: ScenarioFile) -> None:
        if name is not None and name not in tables.devices:
            self._refuse(key, unknown("device", name, tables.devices))

    def _at_least(self, key: str, text: str, least_us: int) -> int:
        found = self._duration(key, text)
        if found < least_us:
            self._refuse(key, f"{text} is before {least_us / 1_000_000:g}s; time does not go back")
        return found

    def _duration(self, key: str, text: str) -> int:
        try:
            return parse_duration(text)
        except ValueError as wrong:
            raise Complaint(key, str(wrong)).of(self._file, self._text) from wrong

    def _refuse(self, key: str, text: str) -> NoReturn:
        raise Complaint(key, text).of(self._file, self._text)
