"""Language by locale, widths of wide characters, columns that stay aligned."""

import pytest

from runtime.language import Language, fitted, from_locale, table, width, wrapped


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, Language.EN),
        ({"LANG": "C.UTF-8"}, Language.EN),
        ({"LANG": "zh_CN.UTF-8"}, Language.ZH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, Language.EN),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN"}, Language.ZH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, Language.ZH),
    ],
)
def test_the_first_that_is_set_decides(environ: dict[str, str], language: Language) -> None:
    assert from_locale(environ) is language


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("line", 4), ("线路", 4), ("e\u0301", 1)])
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_columns_stay_aligned() -> None:
    assert table([["线路", "x"], ["shed-1", "开"], ["a", ""]]) == [
        "线路    x",
        "shed-1  开",
        "a",
    ]


def test_text_is_wrapped_at_blanks_and_between_wide_characters() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("请检查供电、接线", 10) == ["请检查供", "电、接线"]
    assert wrapped("a_word_that_is_longer", 5) == ["a_word_that_is_longer"]
    assert wrapped("", 5) == [""]


def test_brackets_and_marks_stay_with_their_word() -> None:
    assert wrapped("读数 (我方判断)", 7) == ["读数", "(我方判", "断)"]
    assert wrapped("原因 never_read、other", 16) == ["原因", "never_read、", "other"]


def test_a_table_fits_by_its_widest_column() -> None:
    rows = [("id", "what"), ("a", "one two three four five")]
    assert fitted(rows, 40) == ["id  what", "a   one two three four five"]
    assert fitted(rows, 16) == ["id  what", "a   one two", "    three four", "    five"]
    assert fitted([("x y", "w" * 12)], 10) == ["x  wwwwwwwwwwww", "y"], "words stay whole"
