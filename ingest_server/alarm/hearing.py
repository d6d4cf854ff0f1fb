"""Who has fallen silent: judged from arrivals on a clock that never steps (design P8)."""

from collections.abc import Iterator, Mapping


class Hearing:
    """Remembers on the monotonic clock when each gateway's last arrival changed.

    A start of the server counts as a word from everybody: nobody is judged sooner than `patience`
    after the server itself began to listen, or after the broker came back.
    """

    def __init__(self, patience_us: int) -> None:
        self._patience_us = patience_us
        self._arrivals: dict[str, tuple[int, int]] = {}
        self._reachable_since: int | None = None
        self._changed_us: int | None = None

    def listen(
        self,
        arrivals: Mapping[str, int],
        reachable_since_us: int | None,
        mono_us: int,
    ) -> None:
        """Take in the last arrival of every gateway (UTC us, only compared for a change)."""
        if self._changed_us is None or reachable_since_us != self._reachable_since:
            self._reachable_since, self._changed_us = reachable_since_us, mono_us
        for gateway, arrival_us in arrivals.items():
            if self._arrivals.get(gateway, (None, 0))[0] != arrival_us:
                self._arrivals[gateway] = (arrival_us, mono_us)

    @property
    def is_broker_here(self) -> bool:
        return self._reachable_since is not None

    def is_broker_away(self, mono_us: int) -> bool:
        """Whether the server's urgent session has been down for longer than the patience."""
        return self._reachable_since is None and self._waited(self._changed_us, mono_us)

    def silent(self, mono_us: int) -> Iterator[str]:
        """Gateways without a word for longer than the patience; none while the broker is away."""
        if self._reachable_since is None or not self._waited(self._changed_us, mono_us):
            return
        for gateway, (_, changed_us) in self._arrivals.items():
            if self._waited(changed_us, mono_us):
                yield gateway

    def _waited(self, since_us: int | None, mono_us: int) -> bool:
        return since_us is not None and mono_us - since_us > self._patience_us
