"""Slave semantics of the four Modbus areas."""

import pytest

from simulators.register_image import ExceptionCode, RegisterImage, pack_bits, unpack_bits


def image(**more: object) -> RegisterImage:
    return RegisterImage(
        discrete_inputs={place: place % 2 == 0 for place in range(10)},
        coils=dict.fromkeys(range(10), False),
        holding={0: 1, 1: 2, 2: 0xABCD},
        inputs={7: 77},
        **more,  # type: ignore[arg-type]  # its keys are this file's own
    )


def ask(pdu: str, target: RegisterImage | None = None) -> str:
    return (target or image()).reply(bytes.fromhex(pdu)).hex(" ").upper()


@pytest.mark.parametrize(
    ("request_pdu", "reply"),
    [
        ("02 00 00 00 0A", "02 02 55 01"),
        ("02 00 01 00 01", "02 01 00"),
        ("01 00 00 00 0A", "01 02 00 00"),
        ("03 00 00 00 03", "03 06 00 01 00 02 AB CD"),
        ("04 00 07 00 01", "04 02 00 4D"),
        ("05 00 03 FF 00", "05 00 03 FF 00"),
        ("06 00 01 12 34", "06 00 01 12 34"),
        ("0F 00 00 00 0A 02 FF 03", "0F 00 00 00 0A"),
        ("10 00 01 00 02 04 00 05 00 06", "10 00 01 00 02"),
    ],
)
def test_answers(request_pdu: str, reply: str) -> None:
    assert ask(request_pdu) == reply


@pytest.mark.parametrize(
    ("request_pdu", "reply"),
    [
        ("2B 0E 01 00", "AB 01"),
        ("07", "87 01"),
        ("02 00 08 00 03", "82 02"),
        ("03 00 03 00 01", "83 02"),
        ("03 FF FF 00 02", "83 02"),
        ("04 00 00 00 01", "84 02"),
        ("06 00 09 00 01", "86 02"),
        ("05 00 0A 00 00", "85 02"),
        ("0F 00 09 00 02 01 03", "8F 02"),
        ("10 00 02 00 02 04 00 05 00 06", "90 02"),
        ("02 00 00 00 00", "82 03"),
        ("02 00 00 07 D1", "82 03"),
        ("03 00 00 00 7E", "83 03"),
        ("05 00 00 12 34", "85 03"),
        ("0F 00 00 00 0A 01 FF", "8F 03"),
        ("10 00 00 00 02 04 00 05 00", "90 03"),
        ("10 00 00 00 00 00", "90 03"),
        ("10 00 00 00 7C F8", "90 03"),
        ("03 00", "83 03"),
        ("10", "90 03"),
    ],
)
def test_refuses(request_pdu: str, reply: str) -> None:
    assert ask(request_pdu) == reply


def test_writes_are_kept() -> None:
    target = image()
    ask("0F 00 00 00 0A 02 FF 03", target)
    ask("05 00 03 00 00", target)
    ask("10 00 00 00 02 04 00 05 00 06", target)
    assert ask("01 00 00 00 0A", target) == "01 02 F7 03"
    assert ask("03 00 00 00 02", target) == "03 04 00 05 00 06"


def test_an_absent_area_is_an_illegal_function() -> None:
    only_inputs = RegisterImage(inputs={0: 1})
    assert ask("03 00 00 00 01", only_inputs) == "83 01"
    assert ask("04 00 00 00 01", only_inputs) == "04 02 00 01"


def test_functions_can_be_narrowed() -> None:
    assert ask("10 00 00 00 01 02 00 05", image(functions=(3, 6))) == "90 01"


def test_a_refused_write_stores_nothing() -> None:
    target = image(
        refuse=lambda address, _: ExceptionCode.ILLEGAL_VALUE if address == 1 else None,
    )
    assert ask("10 00 00 00 02 04 00 09 00 09", target) == "90 03"
    assert target.holding == {0: 1, 1: 2, 2: 0xABCD}


def test_wrote_is_told_of_every_register() -> None:
    seen: list[tuple[int, int]] = []
    target = image(wrote=lambda address, value: seen.append((address, value)))
    ask("10 00 00 00 02 04 00 05 00 06", target)
    assert seen == [(0, 5), (1, 6)]


def test_what_is_held_is_read_until_it_is_released() -> None:
    target = image()
    before = ask("03 00 00 00 02", target)
    target.hold()
    target.holding, target.inputs = {0: 7, 1: 7}, {}
    target.discrete_inputs, target.coils = {}, {}
    assert ask("03 00 00 00 02", target) == before
    assert ask("06 00 01 00 09", target) == "06 00 01 00 09", "what is written still changes"
    assert ask("03 00 01 00 01", target) == "03 02 00 09"
    target.release()
    assert ask("03 00 00 00 02", target) == "03 04 00 07 00 09"
    assert ask("04 00 00 00 01", target) == "84 02"


def test_an_empty_pdu_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="function code"):
        image().reply(b"")


def test_bits_survive_packing() -> None:
    bits = [True, False, False, True, True, False, True, False, True]
    assert unpack_bits(pack_bits(bits), len(bits)) == bits
