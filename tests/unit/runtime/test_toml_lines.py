import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.load import SHIPPED
from runtime.toml_lines import TomlLines, line_told

EXAMPLES = Path(__file__).parents[3] / "examples"
FILES = [*sorted(SHIPPED.rglob("*.toml")), *sorted(EXAMPLES.glob("*.toml"))]

TEXT = '''schema = 2        # 1
title = { en = "a # ] } b", zh = 'c' }

[transport]
kind = "modbus"
blocks = [
    # not { this = 1 }
    { table = "coils", address = 0 },
    { table = "coils",
      address = 8 }, ]
serial.baud = 9600

[[points]]
id = "one"
register = { table = "coils", enum = { "1" = "a", "2.5" = "b" } }
[[points]]
id = "two"
note = """
[[points]]
id = "not a table" """
[points.report]
max_interval = "1s"
[[points.valid_when]]
point = "one"

[[points.valid_when]]
equals = true
[lines."shed 1"]
port = '/dev/tty#1'
many = [[1, 2], [3]]
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("schema", 1),
        ("title.en", 2),
        ("title.zh", 2),
        ("transport", 4),
        ("transport.kind", 5),
        ("transport.blocks", 6),
        ("transport.blocks[0].address", 8),
        ("transport.blocks[1]", 9),
        ("transport.blocks[1].address", 10),
        ("transport.serial", 11),
        ("transport.serial.baud", 11),
        ("points", 13),
        ("points[0]", 13),
        ("points[0].register.enum.1", 15),
        ("points[1]", 16),
        ("points[1].id", 17),
        ("points[1].note", 18),
        ("points[1].report", 21),
        ("points[1].report.max_interval", 22),
        ("points[1].valid_when[0].point", 24),
        ("points[1].valid_when[1]", 26),
        ("points[1].valid_when[1].equals", 27),
        ("lines.shed 1.port", 29),
        ("lines.shed 1.many[1]", 30),
    ],
)
def test_every_key_has_its_line(path: str, line: int) -> None:
    assert TomlLines(TEXT).line_of(path) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("points[1].register.address", 16),
        ("points[1].valid_when[1].point", 26),
        ("points[7].id", 13),
        ("transport.blocks[1].every", 9),
        ("evidence.grade", None),
        ("", None),
    ],
)
def test_what_is_missing_is_told_at_what_lacks_it(path: str, line: int | None) -> None:
    assert TomlLines(TEXT).line_of(path) == line


def paths(value: object, path: str = "") -> Iterator[str]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, below in value.items():
            yield from paths(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from paths(below, f"{path}[{index}]")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_key_of_our_own_files_is_found_on_its_line(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines = TomlLines(text)
    written = text.splitlines()
    for path in paths(tomllib.loads(text)):
        line = lines.line_of(path)
        assert line is not None, path
        key = path.rpartition(".")[2].partition("[")[0]
        if not path.endswith("]"):
            assert key in written[line - 1], path


@given(st.text(alphabet="a1.=[]{}\"'#, \n\\", max_size=60))
def test_any_text_comes_to_an_end(text: str) -> None:
    TomlLines(text).line_of("a[1].a")


def test_text_that_is_cut_off_gives_what_stands_before() -> None:
    for end in range(len(TEXT)):
        TomlLines(TEXT[:end]).line_of("points[1].id")


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb =\n", 2), ('a = "', None), ("a = " + "1" * 5000, None)]
)
def test_the_line_that_tomllib_names(text: str, line: int | None) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        tomllib.loads(text)
    assert line_told(refused.value) == line
