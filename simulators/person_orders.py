"""What a person in a room can be told to do, as words of a radar's console."""

from collections.abc import Callable, Sequence

from simulators.console import Console, Order, number, only, plain, switch
from simulators.person import Person

Now = Callable[[], int]


def person_orders(
    person: Person, now: Now, follow: Callable[[], None], name: str = "person"
) -> dict[str, Order]:
    """Return the word that tells a person what to do.

    `follow` is called with each: the radar then goes by the person again, not by the hand.
    """
    told = Console(
        {
            "walk": plain(lambda: person.walk(now())),
            "sit": plain(lambda: person.sit(now())),
            "fall": plain(lambda: person.fall(now())),
            "lie": plain(lambda: person.lie_down(now())),
            "get-up": plain(lambda: person.get_up(now())),
            "bed": plain(lambda: person.go_to_bed(now())),
            "sleep": plain(lambda: person.sleep(now())),
            "wake": plain(lambda: person.wake(now())),
            "leave": plain(lambda: person.leave(now())),
            "apnoea": switch(person.hold_breath),
            "struggle": switch(person.struggle),
            "breath": number("PER_MINUTE", lambda rate: person.set_breath(rate, now())),
            "heart": number("PER_MINUTE", lambda rate: person.set_heart(rate, now())),
        }
    )

    def obey(words: Sequence[str]) -> None:
        if not words:
            only(words)
        told.obey(" ".join(words))
        follow()

    usage = "DOES, one of:\n" + "\n".join(f"  {line}" for line in told.help().splitlines())
    return {name: Order(usage, obey)}
