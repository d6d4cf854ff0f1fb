import msgspec
import pytest

from device_profiles.key_texts import Texts, key_texts, structs_of
from device_profiles.model import Profile
from device_profiles.transport import Modbus

TEXTS = key_texts()
STRUCTS = structs_of(Profile)


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_key_of_every_table_has_its_text_and_no_other(struct: type[msgspec.Struct]) -> None:
    keys = {field.encode_name for field in msgspec.structs.fields(struct)}
    tag = struct.__struct_config__.tag_field
    assert set(TEXTS[struct.__name__].keys) == keys | ({tag} if tag else set())


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS.keys())
def test_each_text_is_in_both_languages(texts: Texts) -> None:
    for words in (texts.about, *texts.keys.values()):
        assert words.en.isascii() or "…" in words.en
        assert any("\u4e00" <= one <= "\u9fff" for one in words.zh) or words.zh == words.en


def test_the_tables_come_as_a_reader_meets_them() -> None:
    names = [struct.__name__ for struct in STRUCTS]
    assert names[0] == "Profile"
    assert len(names) == len(set(names))
    assert "UnsetRule" not in names
    assert Modbus in STRUCTS
