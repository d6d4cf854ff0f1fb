"""agent.toml is the site's; what the server wanted stands beside the buffer, and is told apart."""

from pathlib import Path

import pytest

from edge_agent.config.desired import Book, proven, taken
from edge_agent.config.load import ConfigError
from edge_agent.config.source import (
    BrokenBookError,
    ChangedOnSiteError,
    Source,
    book_path,
    read_book,
    write_book,
)
from wire.command import Config as Desired
from wire.command import Outcome

HEAD = """gateway.id = "gw-001"
mqtt = { host = "localhost", tls = false }
buffer.path = "state/buffer.db"
"""
LINE = '[lines.shed]\nkind = "modbus-rtu"\nport = "ttyShed"\n'
DEVICE = '[devices.{name}]\nprofile = "calectro_ug3"\nline = "shed"\n'
SITE = HEAD + LINE + DEVICE.format(name="a")


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (tmp_path / "state").mkdir()
    (tmp_path / "agent.toml").write_text(SITE)
    return Source(tmp_path / "agent.toml", {})


def remote(name: str = "b", version: int = 3) -> Desired:
    return Desired(version, "0" * 16, LINE + DEVICE.format(name=name))


def keep(source: Source, desired: Desired) -> None:
    found = source.load()
    write_book(book_path(found.config), taken(Book(), desired, found.site))


def test_without_a_wish_the_file_alone_is_in_force(source: Source) -> None:
    found = source.load()
    assert [one.id for one in found.config.devices] == ["a"]
    assert (found.book, found.notices) == (Book(), ())
    assert found.site == found.config.watched_hash


def test_what_was_taken_replaces_lines_and_devices_and_nothing_else(source: Source) -> None:
    before = source.load().config
    keep(source, remote())
    found = source.load()
    assert [one.id for one in found.config.devices] == ["b"]
    assert (found.config.gateway, found.config.mqtt) == (before.gateway, before.mqtt)
    assert (found.site, found.book.in_force) == (before.watched_hash, remote())
    assert found.config.hash != before.hash


def test_a_file_with_other_devices_is_in_force_again(source: Source) -> None:
    keep(source, remote())
    source.path.write_text(SITE.replace("[devices.a]", "[devices.c]"))
    found = source.load()
    assert [one.id for one in found.config.devices] == ["c"]
    assert (found.book.in_force, found.book.outcome) == (None, Outcome.DIVERGED)
    assert "changed on site" in found.notices[0]
    table = '{"profile": "calectro_ug3", "line": "shed"}'
    differs = [f"- devices.b = {table}", f"+ devices.c = {table}"]
    assert found.book.detail.splitlines()[1:] == differs
    write_book(book_path(found.config), found.book)
    source.path.write_text(SITE.replace("[devices.a]", "[devices.b]\nunit = 9"))
    detail = source.load().book.detail.splitlines()  # it is told as it is now
    assert (detail[0], detail[1:]) == (found.notices[0], ["+ devices.b.unit = 9"])


def test_another_broker_in_the_file_leaves_it_in_force(source: Source) -> None:
    keep(source, remote())
    source.path.write_text("# by hand\n" + SITE.replace("localhost", "127.0.0.1"))
    found = source.load()
    assert [one.id for one in found.config.devices] == ["b"]
    assert found.config.mqtt.host == "127.0.0.1"


def test_what_is_no_longer_valid_leaves_the_file_in_force(source: Source) -> None:
    keep(source, Desired(3, "", LINE + DEVICE.format(name="b").replace("calectro_ug3", "gone")))
    found = source.load()
    assert [one.id for one in found.config.devices] == ["a"]
    assert "no longer valid" in found.notices[0]
    assert found.book.outcome is Outcome.DIVERGED


@pytest.mark.parametrize("broken", [b"", b"{", b'{"in_force": 3}', b"\xff" * 10])
def test_a_broken_book_is_no_reason_to_stay_down(source: Source, broken: bytes) -> None:
    file = book_path(source.load().config)
    file.write_bytes(broken)
    with pytest.raises(BrokenBookError):
        read_book(file)
    found = source.load()
    assert [one.id for one in found.config.devices] == ["a"]
    assert str(file) in found.notices[0]


def test_a_book_is_written_whole_over_what_a_power_cut_left(source: Source) -> None:
    file = book_path(source.load().config)
    file.with_name("desired.json.new").write_bytes(b"half of")
    write_book(file, taken(Book(), remote(), "s"))
    assert read_book(file).in_force == remote()
    assert not file.with_name("desired.json.new").exists()


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[lines.shed", "config/3: is not TOML"),
        ("a = " + "[" * 30_000, "is not TOML"),
        ("[devices.a]\nunit = " + "9" * 5_000, "is not TOML"),
        ("[devices]\na" + ".a" * 900 + " = 1", "is not TOML"),
        ('mqtt.host = "evil.example"\n' + LINE + DEVICE, "mqtt: is not changed from afar"),
        ('gateway.id = "gw-002"\n' + LINE + DEVICE, "gateway: is not changed from afar"),
        (LINE, "devices: are none"),
        ("", "devices: are none"),
        (
            LINE.replace("ttyShed", "/dev/mem") + DEVICE,
            "config/3:3: lines.shed.port: is '/dev/mem': is not named from afar",
        ),
        (LINE.replace("ttyShed", "ttyOther") + DEVICE, "gateway.remote_ports"),
        (LINE + DEVICE + "colour = 1\n", "config/3:7: devices.b.colour"),
        (LINE + DEVICE.replace("calectro_ug3", "calectro_ug4"), "did you mean 'calectro_ug3'?"),
    ],
)
def test_what_is_wrong_is_named(source: Source, toml: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        source.with_desired(Desired(3, "", toml.replace("{name}", "b")))
    assert said in str(caught.value)


def test_no_candidate_over_an_edit_that_nobody_has_read(source: Source) -> None:
    site = source.load().site
    assert source.candidate(remote(), site).config.devices[0].id == "b"
    source.path.write_text(SITE.replace("[devices.a]", "[devices.c]"))
    with pytest.raises(ChangedOnSiteError):
        source.candidate(remote(), site)


def test_an_agent_that_ends_again_and_again_goes_back_to_its_own_file(source: Source) -> None:
    keep(source, remote())
    for count in (1, 2, 3):
        found = source.begin()
        assert ([one.id for one in found.config.devices], found.book.starts) == (["b"], count)
    found = source.begin()
    assert [one.id for one in found.config.devices] == ["a"]
    assert (found.book.in_force, found.book.outcome) == (None, Outcome.REJECTED)
    assert "ended 3 times" in found.notices[0]
    again = source.begin()
    assert (again.book, again.notices) == (found.book, ())


def test_once_proven_it_may_start_as_often_as_it_likes(source: Source) -> None:
    keep(source, remote())
    write_book(book_path(source.load().config), proven(source.begin().book))
    for _ in range(5):
        assert [one.id for one in source.begin().config.devices] == ["b"]


def test_a_start_on_a_disk_that_refuses(source: Source) -> None:
    keep(source, remote())
    (source.path.parent / "state" / "desired.json.new").mkdir()
    found = source.begin()
    assert [one.id for one in found.config.devices] == ["b"]
    assert "can not be written" in found.notices[0]


def test_the_site_allows_what_is_named_from_afar(source: Source) -> None:
    """What its own file names it allows anyway; and it may take away what is usual."""
    other = LINE.replace("ttyShed", "/dev/ttyUSB7") + DEVICE.format(name="b")
    assert source.with_desired(Desired(3, "", other)).config.lines[0].port == "/dev/ttyUSB7"
    keep(source, Desired(3, "", other))
    source.path.write_text('gateway.remote_ports = ["bus/*"]\n' + SITE)
    own = source.path.parent / "bus" / "1"
    found = source.load()
    assert [one.id for one in found.config.devices] == ["a"]
    assert "gateway.remote_ports" in found.notices[0]
    named = Desired(4, "", LINE.replace("ttyShed", "bus/1") + DEVICE.format(name="b"))
    assert source.with_desired(named).config.lines[0].port == str(own)
    assert source.with_desired(remote()).config.lines[0].port.endswith("ttyShed")
