"""Language by locale, widths of wide characters, columns that stay aligned."""

import pytest

from runtime.language import Language, from_locale, table, width


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
