"""Run one blocking call in a daemon thread that a cancelled caller need not wait for."""

import asyncio
import contextlib
import threading
from collections.abc import Callable


async def in_daemon_thread(name: str, call: Callable[[], None]) -> None:
    """Run `call`; raise the OSError or ValueError that it raises, OSError if it dies of another.

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
        error: Exception | None = OSError(f"{name} died: its thread's own report says why")
        try:
            call()
            error = None
        except (OSError, ValueError) as caught:
            error = caught
        finally:  # whatever it dies of: the caller must not wait for ever
            with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
                loop.call_soon_threadsafe(settle, error)

    threading.Thread(target=work, name=name, daemon=True).start()
    await done
