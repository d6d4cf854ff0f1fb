"""Topics that were said once in a connection and are a number from then on (MQTT 5, 3.3.2.3.4)."""


class Aliases:
    """Of one connection; at most as many as the broker counts."""

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._known: dict[str, int] = {}

    def of(self, topic: str) -> tuple[str, int | None]:
        """The topic to say, empty when its number stands for it, and the number to say, if any."""
        known = self._known.get(topic)
        if known is not None:
            return "", known
        return topic, len(self._known) + 1 if len(self._known) < self._most else None

    def said(self, topic: str, number: int | None) -> None:
        """It left so: from now on the number stands for it."""
        if topic and number is not None:
            self._known[topic] = number
