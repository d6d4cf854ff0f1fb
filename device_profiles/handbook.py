"""What people read of a device beside its points: remarks, wires, switches, printed frames."""

import msgspec

from alarm_rules.rule import Line, Words
from device_profiles.framing import NoBytesOrHex

Remark = Words | Line
"""A text for people: in both languages, or in English alone."""


def said(remark: Remark, lang: str) -> str:
    """In `lang` ("en" or "zh") if it is there in it, else in English."""
    if isinstance(remark, str):
        return remark
    return remark.zh if lang == "zh" else remark.en


def english(remark: Remark) -> str:
    return said(remark, "en")


class Switch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One setting by DIP switches or jumpers: which ones, and what their positions mean."""

    title: Words
    switches: Remark
    positions: dict[Line, Remark] = {}
    note: Words | None = None


class Installation(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What a technician has to know on the ladder: wires, switches, place."""

    supply: Remark | None = None
    wiring: tuple[Words, ...] = ()
    switches: tuple[Switch, ...] = ()
    mounting: tuple[Words, ...] = ()


class Example(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A frame from the device as a document prints it; for Modbus the `request` that it answers.

    For people who want to see one decoded; the tests decode every one of them.
    """

    title: Words
    frame: NoBytesOrHex
    request: NoBytesOrHex | None = None
