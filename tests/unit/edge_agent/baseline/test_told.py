"""Who a device says that it is, and which contact says that all is not well."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from edge_agent.baseline.told import Told
from edge_agent.exchange import Sample
from tests.baseline_site import CONTACTS, COVER, GAUGE, site
from wire.quality import GOOD, Reason, bad, uncertain


def told(tmp_path: Path) -> Told:
    made = Told()
    made.watch(site(tmp_path))
    return made


def test_only_good_words_tell_who_it_is(tmp_path: Path) -> None:
    here, cover = told(tmp_path), site(tmp_path).devices[0]
    assert here.identity(cover) == {}
    assert not here.heard(COVER, [Sample("roll", 1.0, 0)])
    for quality in (uncertain(Reason.STALE), bad(Reason.COMM_FAILURE)):
        value = None if quality == bad(Reason.COMM_FAILURE) else 1.0
        assert here.heard(COVER, [Sample("firmware", value, 0, quality)])
        assert here.identity(cover) == {}
    here.heard(COVER, [Sample("firmware", 2590.0, 0)])
    assert here.identity(cover) == {"firmware": 2590.0}


@pytest.mark.parametrize(
    ("device", "sample", "alarm"),
    [
        (CONTACTS, Sample("cover_open", value=True, mono_us=0), "cover_open of contacts-1 is True"),
        (CONTACTS, Sample("cover_open", value=False, mono_us=0), ""),
        (CONTACTS, Sample("cover_open", None, 0, bad(Reason.COMM_FAILURE)), ""),
        (GAUGE, Sample("distance", 1.0, 0), ""),
    ],
)
def test_a_contact_at_the_same_place_has_a_say(
    tmp_path: Path, device: str, sample: Sample, alarm: str
) -> None:
    here = told(tmp_path)
    assert sample.quality == GOOD or not alarm
    here.heard(device, [sample])
    assert here.alarmed(site(tmp_path).devices[0]) == alarm


def test_a_contact_elsewhere_has_none(tmp_path: Path) -> None:
    here = told(tmp_path)
    here.heard(CONTACTS, [Sample("cover_open", value=True, mono_us=0)])
    assert here.alarmed(replace(site(tmp_path).devices[0], place=None)) == ""
    assert here.alarmed(site(tmp_path).devices[2]) == ""


def test_what_a_device_said_is_forgotten_with_it(tmp_path: Path) -> None:
    here, config = told(tmp_path), site(tmp_path)
    here.heard(COVER, [Sample("firmware", 2590.0, 0)])
    here.watch(replace(config, devices=config.devices[1:]))
    here.watch(config)
    assert here.identity(config.devices[0]) == {}
