"""Passwords of a fleet's connections: one for all, or one a user, from a file or a variable."""


class AccountError(ValueError):
    """No password for a user; the text never holds one."""


class Passwords:
    """Lines `USER:PASSWORD`, or a single line that is the password of every user."""

    def __init__(self, text: str) -> None:
        lines = [line for line in text.splitlines() if line]
        self._one = lines[0] if len(lines) == 1 else None
        self._by_user = dict(line.split(":", 1) for line in lines if ":" in line)

    def of(self, user: str) -> str:
        """Raise AccountError that names the user."""
        found = self._by_user.get(user, self._one)
        if found is None:
            raise AccountError(f"no password for {user}: write a line {user}:PASSWORD")
        return found
