import pytest
from msgspec.structs import replace

from device_profiles.describe import sheet_of
from device_profiles.handbook import Example
from device_profiles.sheet import Command
from tests.shipped import PROFILES

UG3 = PROFILES["calectro_ug3"]


def titles(lang: str, *, page: bool) -> list[str]:
    return [section.title for section in sheet_of(UG3, lang, page=page).sections]


def test_a_sheet_has_what_a_technician_wants_in_this_order() -> None:
    wanted = ["Connection", "Installation", "Points", "Alarms", "Actions from afar", "Caveats"]
    assert [one for one in titles("en", page=False) if one in wanted] == wanted


def test_a_page_has_a_frame_and_a_simulator_too() -> None:
    assert titles("zh", page=True)[-1] == "模拟器"
    example = Example(title=UG3.title, frame="01 02 01 0D 60 4D", request="01 02")
    sheet = sheet_of(replace(UG3, examples=(example,)), "en", page=True)
    command = next(one for one in sheet.sections if one.title == "A frame, decoded").blocks[0]
    assert command == Command(
        'edge-agent decode calectro_ug3 "01 02 01 0D 60 4D" --request "01 02"', UG3.title.en
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_its_title_is_in_the_language(lang: str) -> None:
    assert sheet_of(UG3, lang).title == getattr(UG3.title, lang)
