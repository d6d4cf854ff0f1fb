"""Whether the server hears this gateway: connected, and receipts come."""

PATIENCE_US = 1_000_000
"""A connection that comes back within this was never away."""
SILENCE_US = 30_000_000
"""Each heartbeat has a receipt, three of them in this time."""


class CutOff:
    """Asked each second at least; `since_us`: from when on receipts are awaited."""

    def __init__(self, since_us: int) -> None:
        self._gone_us: int | None = since_us
        self._since_us = since_us

    def judge(self, now_us: int, receipt_us: int | None, *, is_connected: bool) -> bool:
        """Whether it is cut off now."""
        if is_connected:
            self._gone_us = None
        elif self._gone_us is None:
            self._gone_us = now_us
        if self._gone_us is not None and now_us - self._gone_us >= PATIENCE_US:
            return True
        heard_us = self._since_us if receipt_us is None else receipt_us
        return now_us - heard_us >= SILENCE_US
