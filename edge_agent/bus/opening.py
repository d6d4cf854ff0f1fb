"""Opens a port in a thread that ends with it: connecting, and finding a name, may take seconds."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial

from edge_agent.bus.place import Place
from edge_agent.bus.port import Port, PortGoneError


def open_beside(
    loop: asyncio.AbstractEventLoop,
    open_port: Callable[[Place], Port],
    place: Place,
    opened: Callable[[Port | PortGoneError | None], None],
) -> None:
    """Call `opened` in `loop` with the port, why there is none, or None for a fault of ours.

    A port that nobody can be given, because the loop has been closed, is closed.
    """
    threading.Thread(
        target=_open, args=(loop, open_port, place, opened), name=place.path, daemon=True
    ).start()


def _open(
    loop: asyncio.AbstractEventLoop,
    open_port: Callable[[Place], Port],
    place: Place,
    opened: Callable[[Port | PortGoneError | None], None],
) -> None:
    found: Port | PortGoneError | None = None
    try:
        found = open_port(place)
    except PortGoneError as error:
        found = error
    finally:
        try:
            loop.call_soon_threadsafe(partial(opened, found))
        except RuntimeError:  # the loop is closed: nobody is left to be told
            if found is not None and not isinstance(found, PortGoneError):
                found.close()
