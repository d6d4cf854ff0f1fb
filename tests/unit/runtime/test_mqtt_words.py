from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.mqtt_words import Options, Outcome, back_off, is_loopback, outcome_of


def options(**changed: object) -> Options:
    return Options(**{"host": "127.0.0.1", "port": 1883, "client_id": "x", "tls": False} | changed)  # type: ignore[arg-type]  # its keys are this file's own


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_plain_text_is_allowed_on_loopback(host: str) -> None:
    assert is_loopback(host)
    assert options(host=host).host == host


@pytest.mark.parametrize("host", ["10.0.0.1", "broker.example", "0.0.0.0", "localhost.example", ""])  # noqa: S104 - refused
def test_plain_text_is_refused_beyond_loopback(host: str) -> None:
    with pytest.raises(ValueError, match="needs TLS"):
        options(host=host)


def test_tls_is_allowed_everywhere_and_is_the_default() -> None:
    assert Options(host="broker.example", port=8883, client_id="x").tls


def test_a_password_never_shows() -> None:
    assert "s3cret" not in repr(options(username="gw", password="s3cret"))  # noqa: S106 - a test's


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0x00, Outcome.ACCEPTED),
        (0x10, Outcome.NO_SUBSCRIBER),
        (0x87, Outcome.NOT_AUTHORISED),
        (0x90, Outcome.TOPIC_INVALID),
        (0x95, Outcome.TOO_LARGE),
        (0x97, Outcome.QUOTA),
        (0x99, Outcome.PAYLOAD_FORMAT),
        (0x83, Outcome.REFUSED),
        (0xEE, Outcome.REFUSED),
    ],
)
def test_the_outcome_is_the_reason_code(code: int, outcome: Outcome) -> None:
    assert outcome_of(code) is outcome


def test_the_back_off_doubles_up_to_its_cap_and_never_overflows() -> None:
    ceilings = [back_off(n, options(), lambda _low, high: high) for n in (0, 1, 2, 3, 9, 10**6)]
    assert ceilings == [2.0, 4.0, 8.0, 15.0, 15.0, 15.0]


def test_the_back_off_draws_from_the_whole_range() -> None:
    assert back_off(5, options(), lambda low, _high: low) == 1.0


def test_a_city_of_gateways_does_not_come_back_in_step() -> None:
    """A broker that was away: of 6 400 gateways at the first try no tenth of a second has 12 %."""
    dice = Random(1)
    drawn = [back_off(0, options(), dice.uniform) for _ in range(6_400)]
    bins = Counter(int(delay * 10) for delay in drawn)
    assert set(bins) <= set(range(10, 21))
    assert max(bins.values()) < 0.12 * 6_400
    assert min(bins[n] for n in range(10, 20)) > 0.08 * 6_400


@given(st.integers(0, 50), st.integers(0, 2**32))
def test_the_back_off_stays_within_its_bounds(failures: int, seed: int) -> None:
    delay = back_off(failures, options(), Random(seed).uniform)
    assert 1.0 <= delay <= 15.0
