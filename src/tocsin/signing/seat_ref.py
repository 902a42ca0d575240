"""How the tally refers to a signature: its tag and seat, as bytes that it hands back unread."""


def make_ref(tag: bytes | memoryview, seat: int) -> bytes:
    """Return the reference of one signature within its campaign."""
    return bytes(tag) + bytes([seat])


def read_ref(ref: bytes) -> tuple[bytes, int]:
    """Return tag and seat of a reference."""
    return bytes(ref[:-1]), ref[-1]
