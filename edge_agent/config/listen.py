"""An address to listen on, as it stands in agent.toml: host and port."""

_HIGHEST = 65_535


def parse_place(text: str) -> tuple[str, int]:
    """Such as "127.0.0.1:9464" or "[::1]:9464"; raise ValueError with the remedy."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    is_number = port.isascii() and port.isdigit()
    if not colon or not host or not is_number or not 0 < int(port) <= _HIGHEST:
        raise ValueError(f'is {text!r}: write address and port, such as "127.0.0.1:9464"')
    return host, int(port)
