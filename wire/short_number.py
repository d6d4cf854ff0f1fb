"""Numbers in as few bytes as they need (LEB128), texts and raw bytes, one after the other."""

_MORE, _LOW = 0x80, 0x7F
_LONGEST = 9  # 63 bits: more than any number of the contract


class Writer:
    """Collects; `packed` is all of it."""

    def __init__(self) -> None:
        self._out = bytearray()

    def packed(self) -> bytes:
        return bytes(self._out)

    def raw(self, data: bytes) -> None:
        self._out += data

    def number(self, number: int) -> None:
        """Seven bits a byte, the lowest first. Raise ValueError for one that is negative."""
        if number < 0:
            raise ValueError(f"{number} is negative")
        while number > _LOW:
            self._out.append(number & _LOW | _MORE)
            number >>= 7
        self._out.append(number)

    def signed(self, number: int) -> None:
        """0, -1, 1, -2 and so on as 0, 1, 2, 3."""
        self.number(2 * number if number >= 0 else -2 * number - 1)

    def text(self, text: str) -> None:
        """Its length in bytes, then UTF-8."""
        said = text.encode()
        self.number(len(said))
        self._out += said


class Reader:
    """Gives back in order what was written; ValueError or IndexError for what is not there."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def raw(self, length: int) -> bytes:
        found = self._data[self._at : self._at + length]
        if len(found) != length:
            raise ValueError("cut short")
        self._at += length
        return found

    def number(self) -> int:
        byte = self._data[self._at]
        self._at += 1
        if byte < _MORE:
            return byte
        number = byte & _LOW
        for shift in range(7, 7 * _LONGEST, 7):
            byte = self._data[self._at]
            self._at += 1
            number |= (byte & _LOW) << shift
            if byte < _MORE:
                return number
        raise ValueError("a number without end")

    def signed(self) -> int:
        number = self.number()
        return -(number + 1) // 2 if number % 2 else number // 2

    def text(self) -> str:
        return self.raw(self.number()).decode()

    def times(self, most: int) -> range:
        """For a list of so many: its length, which is bounded."""
        length = self.number()
        if length > most:
            raise ValueError(f"a list of {length}, at most {most}")
        return range(length)

    def end(self) -> None:
        if self._at != len(self._data):
            raise ValueError("more bytes than it says")
