from pathlib import Path

import pytest

from device_profiles.toml_file import FileProblem, TomlFile, UnreadableError, read_toml
from device_profiles.typed_toml import Problem

TEXT = "[mqtt]\nhost = 1\n\n[lines.shed]\nport = 'x'\n"


def refused(path: Path, remedy: str = "") -> FileProblem:
    with pytest.raises(UnreadableError) as caught:
        read_toml(path, remedy)
    assert str(caught.value) == str(caught.value.problem)
    return caught.value.problem


def test_a_problem_is_placed_on_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(TEXT)
    file = read_toml(path)
    assert file.raw["mqtt"] == {"host": 1}
    problems = [
        Problem("mqtt", "host", "is 1"),
        Problem("lines.shed", "kind", "is missing"),
        Problem("", "", "is odd"),
    ]
    assert [str(one) for one in file.placed(problems)] == [
        f"{path}:2: mqtt.host: is 1",
        f"{path}:4: lines.shed.kind: is missing",
        f"{path}: is odd",
    ]


def test_a_script_gets_the_parts() -> None:
    (problem,) = TomlFile(Path("a.toml"), TEXT).placed([Problem("mqtt", "host", "is 1")])
    assert problem.plain() == {
        "file": "a.toml",
        "line": 2,
        "table": "mqtt",
        "key": "host",
        "message": "is 1",
    }


def test_what_is_not_there_is_told_with_the_remedy(tmp_path: Path) -> None:
    gone = tmp_path / "gone.toml"
    assert str(refused(gone)) == f"{gone}: can not be read: No such file or directory"
    assert str(refused(gone, "name it with -c")).endswith("directory; name it with -c")


def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("a = 1\nb = \n")
    assert refused(path).line == 2
    path.write_text("a = 1\nb = [")  # ends where more should come: no line is to blame
    assert refused(path).line is None
    path.write_bytes(b"b = 1\na = '\xff'")
    assert str(refused(path)).startswith(f"{path}:2: is not TOML: byte 11 is not UTF-8")
    path.write_text("a = True\n")
    assert str(refused(path)).endswith("numbers without, in small letters")


def test_the_mark_that_an_editor_of_windows_puts_first_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    assert read_toml(path).raw == {"a": 1}


@pytest.mark.parametrize("text", ["a = " + "9" * 5_000, "a = " + "[" * 30_000])
def test_what_breaks_the_reader_is_said_as_well(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.toml"
    file.write_text(text)
    with pytest.raises(UnreadableError, match="is not TOML"):
        read_toml(file)
