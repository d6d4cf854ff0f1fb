"""Run one blocking call in a daemon thread that a cancelled caller need not wait for."""

import asyncio
import contextlib
import threading
from collections.abc import Callable


async def in_daemon_thread(name: str, call: Callable[[], None]) -> None:
    """Run `call`; raise the OSError or ValueError that it raises.

    asyncio.to_thread is no choice where DNS may hang: leaving the loop waits for its threads.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: Exception | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def work() -> None:
        error: Exception | None = None
        try:
            call()
        except (OSError, ValueError) as caught:
            error = caught
        with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(settle, error)

    threading.Thread(target=work, name=name, daemon=True).start()
    await done
