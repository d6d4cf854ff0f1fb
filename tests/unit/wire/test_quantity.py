"""Units: primary ones only."""

import pytest

from wire.quantity import PRIMARY_UNITS, check_unit
from wire.refusal import WireError

PRIMARY = ["m", "/", "deg", "1/min", "beat/min", "Cel", "V", "s", "count", "m/s2", "%", "pH"]


@pytest.mark.parametrize("unit", PRIMARY)
def test_primary_units_are_taken(unit: str) -> None:
    assert check_unit(unit) == unit


@pytest.mark.parametrize(
    "unit", ["", "ms", "mm", "min", "h", "kPa", "ppm", "%LEL", "cel", "km/h", "m "]
)
def test_secondary_and_other_units_are_refused(unit: str) -> None:
    with pytest.raises(WireError, match="unit_unknown"):
        check_unit(unit)


def test_the_registry_is_the_one_of_rfc_8428_and_rfc_8798() -> None:
    """RFC 8428 section 12.1 has 58 names, RFC 8798 section 2 adds 8, later came NTU."""
    assert len(PRIMARY_UNITS) == 58 + 8 + 1
