from device_profiles.sheet import Command, Facts, Items, Section, Table, blocks, facts, sections


def test_what_nothing_is_said_of_is_left_out() -> None:
    assert facts(("a", "one"), ("b", None), ("c", "")) == Facts((("a", "one"),))


def test_empty_blocks_and_sections_are_left_out() -> None:
    table = Table(("a",), (("1",),))
    empty = (Table(("a",), ()), Facts(()), Items((), "heading"), Command("", "says"))
    assert blocks(*empty, table) == (table,)
    full = Section("full", (table,))
    assert sections([Section("empty", ()), full]) == (full,)
