"""A port that is not one and notes who plugs it, and a watch that is set by hand: for consoles."""


class NotedPort:
    """Satisfies simulators.console.Port; `seen`: what was done to it."""

    def __init__(self, path: str = "nowhere") -> None:
        self.path = path
        self.seen: list[str] = []

    def plug(self) -> None:
        self.seen.append("plug")

    def unplug(self) -> None:
        self.seen.append("unplug")


class Watch:
    """The time of a console; it stands until it is set."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now
