"""What is written over Modbus: a step of an action, a setting, or just a register."""

from edge_agent.show.decode_cut import Form, Piece
from edge_agent.show.decode_said import Said, Sentence
from edge_agent.show.decode_write import explain_write
from tests.shipped import PROFILES


def said(profile: str, pdu: str, form: Form = Form.ECHO) -> Said:
    return explain_write(PROFILES[profile], Piece(1, bytes.fromhex(pdu), (form,)))


def test_an_action_is_named() -> None:
    found = said("calectro_ug3", "06 00 00 00 EA")
    assert (found.sentence, found.details["meaning"]) == (Sentence.WRITE, "reset")


def test_the_step_of_an_action_that_takes_several() -> None:
    assert said("witmotion_485", "06 00 69 B5 88").details["meaning"] == "restart (1/2), unlock"


def test_what_a_setting_is_unlocked_or_saved_with_is_named() -> None:
    assert said("qdy30a", "06 00 0F 00 00").details["meaning"] == "save"


def test_a_setting_that_is_written_is_a_row() -> None:
    (row,) = said("qdy30a", "06 00 02 00 12").rows
    assert (row.name, row.raw, row.label) == ("unit", 18, "m")


def test_a_register_that_is_only_a_point_is_shown_as_the_point() -> None:
    (row,) = said("dfrobot_sen0676", "06 00 05 00 FA").rows
    assert (row.name, row.value, row.unit) == ("installed_height", 2.5, "m")


def test_several_registers_at_once() -> None:
    found = said("qdy30a", "10 00 02 00 02 04 00 11 00 01", Form.REQUEST)
    assert found.sentence is Sentence.WRITE_MANY
    assert [(row.name, row.raw) for row in found.rows] == [("unit", 17), ("decimals", 1)]
    assert said("qdy30a", "10 00 02 00 02", Form.DONE).sentence is Sentence.WRITTEN


def test_coils_have_no_points_here() -> None:
    one = said("calectro_ug3", "05 00 00 FF 00")
    many = said("calectro_ug3", "0F 00 00 00 08 01 FF", Form.REQUEST)
    assert (one.sentence, many.sentence) == (Sentence.WRITE_COIL, Sentence.WRITE_MANY)
    assert (one.rows, many.rows) == ((), ())
