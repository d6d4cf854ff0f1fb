from device_profiles.page import code, escaped, markdown, row
from device_profiles.sheet import Command, Facts, Items, Section, Sheet, Table

SHEET = Sheet(
    title="Gauge <A>",
    subtitle="Nobody",
    facts=Facts((("kind", "a | b"),)),
    sections=(
        Section("Points", (Table(("point", "what"), (("level", "a|b"), ("DIP 1", "x"))),)),
        Section("More", (Items(("area_*",), "Mind"), Command("run it", "Try"))),
    ),
)


def test_a_page_is_markdown() -> None:
    assert markdown(SHEET, ["[index](README.md)"]).splitlines() == [
        r"# Gauge \<A\>",
        "",
        "[index](README.md)",
        "",
        "**Nobody**",
        "",
        r"- kind: a \| b",
        "",
        "## Points",
        "",
        "| point | what |",
        "| --- | --- |",
        r"| `level` | a\|b |",
        "| DIP 1 | x |",
        "",
        "## More",
        "",
        "**Mind**",
        "",
        r"- area_\*",
        "",
        "Try",
        "",
        "```sh",
        "run it",
        "```",
    ]


def test_what_means_something_to_markdown_means_itself() -> None:
    assert escaped(r"a*b`c\d") == r"a\*b\`c\\d"
    assert code("a_b") == "`a_b`"
    assert row(["a", "b"]) == "| a | b |"
