"""The later of what was taken and what is written counts; of another device neither does."""

from pathlib import Path

import pytest

from alarm_rules.rule import DeviationRule, UnsetRule
from edge_agent.baseline.in_effect import baselines, health_of, with_baselines
from edge_agent.baseline.taken import TILT, Standing, Taken
from edge_agent.config.model import Config, DeviceConfig
from tests.baseline_site import COVER, GAUGE, site, taken_cover, taken_gauge

WRITTEN = "baseline = [0.0, 1.0, 0.0]"
WRITTEN_GAUGE = 'rules = [{ rule = "water_notice", baseline = 1.5, limit = 0.1 }]'


def device(config: Config, name: str) -> DeviceConfig:
    return next(one for one in config.devices if one.id == name)


def standing(config: Config, taken: Taken) -> tuple[Standing, tuple[float, ...] | None]:
    found = next(
        one
        for one in baselines(config, [taken])
        if (one.device, one.point) == (taken.device, taken.point)
    )
    return found.standing, found.value


def numbers(config: Config) -> dict[str, float | None]:
    rules = device(config, GAUGE).rules.rules
    return {rule.id: rule.baseline for rule in rules if isinstance(rule, DeviationRule)}


def test_what_is_taken_takes_the_place_of_nothing(tmp_path: Path) -> None:
    config = site(tmp_path)
    after = with_baselines(config, [taken_cover(), taken_gauge()])
    assert device(after, COVER).baseline == (0.0, 0.0, 9.8)
    assert set(numbers(after).values()) == {2.5}
    unset = [one for one in device(after, GAUGE).rules.rules if isinstance(one, UnsetRule)]
    assert unset
    assert all(one.is_set for one in unset)
    assert device(after, GAUGE).rules.hash != device(config, GAUGE).rules.hash
    assert {one.baseline for one in device(after, GAUGE).overrides} == {2.5}


def test_the_server_makes_the_same_rules_of_what_the_birth_says(tmp_path: Path) -> None:
    from alarm_rules.in_force import in_force  # noqa: PLC0415 - the server's own way

    gauge = device(with_baselines(site(tmp_path), [taken_gauge()]), GAUGE)
    theirs = in_force(gauge.profile.rules, gauge.overrides, gauge.site_class)
    assert theirs.hash == gauge.rules.hash


def test_nothing_taken_changes_nothing(tmp_path: Path) -> None:
    config = site(tmp_path, cover=WRITTEN, gauge=WRITTEN_GAUGE)
    assert with_baselines(config, []) == config


def test_a_baseline_that_was_written_before_is_older(tmp_path: Path) -> None:
    config = site(tmp_path, cover=WRITTEN, gauge=WRITTEN_GAUGE)
    cover = taken_cover(over={TILT: (0.0, 1.0, 0.0)})
    gauge = taken_gauge(over={**taken_gauge().over, "water_notice": (1.5,)})
    after = with_baselines(config, [cover, gauge])
    assert device(after, COVER).baseline == (0.0, 0.0, 9.8)
    assert set(numbers(after).values()) == {2.5}
    notice = next(one for one in device(after, GAUGE).rules.rules if one.id == "water_notice")
    assert isinstance(notice, DeviationRule)
    assert notice.limit == 0.1
    assert standing(config, cover) == (Standing.TAKEN, (0.0, 0.0, 9.8))


def test_a_baseline_that_was_written_since_is_newer(tmp_path: Path) -> None:
    config = site(tmp_path, cover=WRITTEN, gauge=WRITTEN_GAUGE)
    after = with_baselines(config, [taken_cover(), taken_gauge()])
    assert device(after, COVER).baseline == (0.0, 1.0, 0.0)
    assert numbers(after) == {"water_notice": 1.5, "water_close_road": 2.5, "water_nobody": 2.5}
    assert standing(config, taken_cover()) == (Standing.CONFIGURED, (0.0, 1.0, 0.0))
    assert standing(config, taken_gauge()) == (Standing.CONFIGURED, (1.5,))


@pytest.mark.parametrize(
    "otherwise",
    [{"void": "firmware was 1 and is 2"}, {"unit": 81}, {"line": "other"}, {"profile": "other"}],
)
def test_of_another_device_none_counts_be_it_written_or_taken(
    tmp_path: Path, otherwise: dict[str, object]
) -> None:
    config = site(tmp_path, cover=WRITTEN)
    cover = taken_cover(over={TILT: (0.0, 1.0, 0.0)}, **otherwise)
    assert device(with_baselines(config, [cover]), COVER).baseline is None
    assert standing(config, cover) == (Standing.OTHER_DEVICE, None)


def test_one_written_for_the_new_device_counts(tmp_path: Path) -> None:
    config = site(tmp_path, cover=WRITTEN)
    cover = taken_cover(void="exchanged")
    assert device(with_baselines(config, [cover]), COVER).baseline == (0.0, 1.0, 0.0)
    assert standing(config, cover) == (Standing.CONFIGURED, (0.0, 1.0, 0.0))


def test_each_point_that_needs_one_is_named(tmp_path: Path) -> None:
    found = baselines(site(tmp_path), [])
    assert [(one.device, one.point, one.standing) for one in found] == [
        (COVER, "tilt", Standing.ABSENT),
        (GAUGE, "distance", Standing.ABSENT),
    ]


def test_it_is_shown_with_who_took_it_unless_what_is_written_is_newer(tmp_path: Path) -> None:
    cover = taken_cover(at_us=1_795_251_846_000_000, note="dry")
    shown = health_of(baselines(site(tmp_path), [cover])[0])
    assert (shown.standing, shown.value, shown.by) == ("taken", (0.0, 0.0, 9.8), "Li Lei")
    assert (shown.at, shown.note, shown.void) == ("2026-11-21T09:04:06+00:00", "dry", "")
    shown = health_of(baselines(site(tmp_path, cover=WRITTEN), [cover])[0])
    assert (shown.standing, shown.by) == ("configured", "")
    assert taken_cover().at == ""


def test_one_of_a_point_or_device_that_is_no_more_does_no_harm(tmp_path: Path) -> None:
    config = site(tmp_path)
    strange = [taken_cover(point="roll"), taken_cover(device="gone")]
    assert with_baselines(config, strange) == config
