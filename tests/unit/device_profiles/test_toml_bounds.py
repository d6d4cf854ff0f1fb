"""TOML from afar is read, or refused in words; nothing of it costs much or breaks the reader."""

import tomllib

import pytest

from device_profiles.toml_bounds import DEPTH, KEYS, LINE, NAME, OutOfBoundsError, read_bounded


def test_what_a_person_writes_is_read() -> None:
    many = "\n".join(f"[devices.d{number}]\nunit = {number}" for number in range(300))
    assert len(read_bounded(many)["devices"]) == 300
    assert read_bounded("") == {}


@pytest.mark.parametrize(
    "text",
    [
        f"[devices.a]\nunit = {'9' * 1_900}\nx = {'1' * (LINE + 1)}",
        "[devices]\na" + ".a" * 20_000 + " = 1",
        "[devices]\na" + ".a" * (DEPTH + 1) + " = 1",
        "[devices.a]\nunit = " + "[" * 900 + "]" * 900,
        "[devices.a]\nunit = " + "[\n" * 30_000,
        "[devices.a]\n" + "\n".join(f"k{number} = 1" for number in range(KEYS + 1)),
        f'[devices."{"a" * (NAME + 1)}"]',
    ],
)
def test_what_nobody_writes_is_refused(text: str) -> None:
    with pytest.raises(OutOfBoundsError):
        read_bounded(text)


def test_what_is_not_toml_is_said_as_ever() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        read_bounded("[devices")
