"""The lane's second hand: what was looked at in this second needs no second look."""


class SecondHand:
    """Counts seconds; `tick` never repeats."""

    __slots__ = ("tick",)

    def __init__(self) -> None:
        self.tick = 0

    def move(self) -> None:
        """Begin the next second."""
        self.tick += 1
