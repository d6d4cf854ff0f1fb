from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.model import Action, Effect, FrameWrite, Profile, RegisterWrite, Setting
from device_profiles.sheet import Table as SheetTable
from device_profiles.sheet_orders import actions_section, settings_section
from tests.shipped import PROFILES

UG3 = PROFILES["calectro_ug3"]
TITLE = Words("Speed", "波特率")
HELD = Register(type=NumberType.U16, table=Table.HOLDING_REGISTERS, address=4, doc_address="0x04")
UNLOCK = RegisterWrite(address=0x69, value=0xB588, pause=100_000)
BAUD = Setting(
    id="baud",
    title=TITLE,
    register=HELD,
    choices={"1": Words("slow", "慢"), "2": "9600"},
    default=2.0,
    unlock=(UNLOCK,),
    save=(RegisterWrite(address=0, value=0),),
    effect=Effect.AFTER_RESTART,
)
HEIGHT = Setting(
    id="height", title=TITLE, unit="cm", frame="06 02", type=NumberType.U16, minimum=1, maximum=500
)


def settings(*given: Setting, lang: str = "en") -> list[tuple[str, ...]]:
    (table,) = settings_section(replace(UG3, settings=given), lang).blocks
    assert isinstance(table, SheetTable)
    return list(table.rows)


def test_a_setting_says_where_what_and_what_it_takes() -> None:
    (row,) = settings(BAUD)
    assert row == (
        "baud",
        "Speed",
        (
            "0x04, FC06 4 (0x0004), u16; unlock: FC06 105 (0x0069) = 46472 (0xB588), then 100 ms; "
            "save: FC06 0 (0x0000) = 0 (0x0000)"
        ),
        "1 = slow, 2 = 9600",
        "9600",
        "after a restart",
    )


def test_a_setting_of_a_stream_and_its_range() -> None:
    (row,) = settings(HEIGHT, lang="zh")
    assert row[2:] == ("06 02, u16", "1 至 500 cm", "", "立即")
    (low,) = settings(replace(HEIGHT, maximum=None, default=2.6, scale=0.01))
    assert low[3:5] == ("at least 1 cm; × 0.01", "2.6 cm")
    (high,) = settings(replace(HEIGHT, minimum=None))
    assert high[3] == "at most 500 cm"


def test_an_action_says_what_is_sent() -> None:
    send = FrameWrite(frame="01 02", data="0F", pause=1_000_000)
    actions = (
        Action(id="reset", title=TITLE, writes=(RegisterWrite(address=0, value=234),)),
        Action(id="restart", title=TITLE, sends=(send, FrameWrite(frame="01 03"))),
    )
    profile: Profile = replace(UG3, actions=actions)
    (table,) = actions_section(profile, "en").blocks
    assert isinstance(table, SheetTable)
    assert [row[2] for row in table.rows] == [
        "FC06 0 (0x0000) = 234 (0x00EA)",
        "01 02 [0F], then 1 s; 01 03",
    ]
