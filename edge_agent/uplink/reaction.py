"""What to do about a row by the broker's answer: one table, a named reaction for each."""

from enum import StrEnum

from runtime.mqtt_words import Outcome

SOON_US = 2_000_000
LATER_US = 10_000_000


class Reaction(StrEnum):
    """What becomes of a row whose PUBLISH was answered, or was not."""

    AWAIT_RECEIPT = "await_receipt"  # the broker has it; the server says when it has
    AS_NEW = "as_new"  # nobody knows: it leaves again on the next connection
    SOON = "soon"  # it will be taken: one row asks again in 2 s
    LATER = "later"  # a person or time has to help: one row asks again in 10 s
    PLAIN = "plain"  # again at once without saying that it is text; if that is refused, set aside
    SET_ASIDE = "set_aside"  # this very row will never be taken: counted by name, blocks nothing


_REACTIONS = {
    Outcome.ACCEPTED: Reaction.AWAIT_RECEIPT,
    Outcome.NO_SUBSCRIBER: Reaction.SOON,
    Outcome.LOST: Reaction.AS_NEW,
    Outcome.QUOTA: Reaction.SOON,
    Outcome.REFUSED: Reaction.SOON,
    Outcome.NOT_AUTHORISED: Reaction.LATER,
    Outcome.TOPIC_INVALID: Reaction.LATER,
    Outcome.TOO_LARGE: Reaction.SET_ASIDE,
    Outcome.PAYLOAD_FORMAT: Reaction.PLAIN,
}
WAITS_US = {Reaction.SOON: SOON_US, Reaction.LATER: LATER_US}


def reaction(outcome: Outcome, tries: int) -> Reaction:
    """`tries`: how often this row has left."""
    found = _REACTIONS[outcome]
    if found is Reaction.PLAIN and tries > 1:
        return Reaction.SET_ASIDE
    return found


def set_aside_as(outcome: Outcome) -> str:
    """The reason under which the readings are counted."""
    return f"refused_{outcome.value}"
