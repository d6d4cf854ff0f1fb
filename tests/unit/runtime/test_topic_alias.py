"""A topic is said once, then its number; never a number that was not said."""

from runtime.topic_alias import Aliases


def test_a_topic_is_said_once() -> None:
    aliases = Aliases(2)
    assert aliases.of("a") == ("a", 1)
    aliases.said(*aliases.of("a"))
    assert aliases.of("a") == ("", 1)
    assert aliases.of("b") == ("b", 2)


def test_what_did_not_leave_is_said_again() -> None:
    aliases = Aliases(2)
    aliases.of("t/+")
    assert aliases.of("a") == ("a", 1)


def test_there_are_no_more_than_the_broker_counts() -> None:
    aliases = Aliases(1)
    for topic in ("a", "b", "a", "b"):
        aliases.said(*aliases.of(topic))
    assert (aliases.of("a"), aliases.of("b")) == (("", 1), ("b", None))
    assert Aliases().of("a") == ("a", None)
