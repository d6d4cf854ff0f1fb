"""What the models differ in."""

import pytest

from simulators.gas_model import XCD, XCL, XRL, GasModel


@pytest.mark.parametrize(
    ("model", "warning", "fault", "bits"), [(XCD, 5, 13, (4, 18)), (XRL, 16, 16, (15, 31))]
)
def test_bits_of_30018(model: GasModel, warning: int, fault: int, bits: tuple[int, int]) -> None:
    assert (model.warning_bit(warning), model.fault_bit(fault)) == bits
    assert model.warning_bits & 1 << model.warning_bit(warning)
    assert not model.warning_bits & 1 << model.fault_bit(1)
    with pytest.raises(ValueError, match=f"from 1 to {fault}"):
        model.fault_bit(fault + 1)
    with pytest.raises(ValueError, match=f"from 1 to {warning}"):
        model.warning_bit(0)


def test_one_map_for_xrl_and_xcl() -> None:
    assert (XRL.type_code, XRL.block, XRL.fault_flag) == (XCL.type_code, XCL.block, XCL.fault_flag)
    assert XRL.name != XCL.name


@pytest.mark.parametrize(("model", "code"), [(XCD, 5), (XRL, 1)])
def test_the_code_of_per_cent_lel_differs(model: GasModel, code: int) -> None:
    assert model.shows == code
    assert model.units[code] == 100
