"""Entry bundles: up to 256 entries, each behind its length (c2sp.org/tlog-tiles, "Log entries")."""

from collections.abc import Iterable, Iterator, Sequence

from tocsin.tlog.tiles import ENTRIES, TILE_WIDTH, Read, Tile

MAX_ENTRY_BYTES = 0xFFFF


class BundleError(ValueError):
    """These bytes are no bundle; the message says what is wrong with them."""


def encode(entries: Iterable[bytes]) -> bytes:
    """Return a bundle: each entry behind its length, uint16, big-endian.

    Raises OverflowError when an entry is longer than 65,535 bytes.
    """
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def decode(data: bytes, *, width: int | None = None) -> list[bytes]:
    """Return a bundle's entries; raises BundleError unless they are 1 to 256, and `width` if that is given."""
    entries = _even(data) or _uneven(data)
    if not 0 < len(entries) <= TILE_WIDTH:
        message = f"a bundle holds 1 to {TILE_WIDTH} entries, not {len(entries)}"
        raise BundleError(message)
    if width is not None and len(entries) != width:
        message = f"this bundle should hold {width} entries, and holds {len(entries)}"
        raise BundleError(message)
    return entries


def grow(old: int, entries: Sequence[bytes], read: Read) -> Iterator[tuple[Tile, bytes]]:
    """Yield each bundle, with its bytes, that appending `entries` to a log of `old` entries makes.

    `read` gives the partial bundle of the old size, if it ended in one.
    """
    number, kept = divmod(old, TILE_WIDTH)
    row = decode(read(Tile(ENTRIES, number, kept)), width=kept) if kept and entries else []
    row += entries
    for place in range(0, len(row), TILE_WIDTH):
        part = row[place : place + TILE_WIDTH]
        yield Tile(ENTRIES, number + place // TILE_WIDTH, len(part)), encode(part)


def _even(data: bytes) -> list[bytes] | None:
    """Return the entries if all are of one length, as in a log of one campaign; None if they are not.

    Twice as fast as going from length to length, and exactly as strict: every length was looked at.
    """
    step = int.from_bytes(data[:2], "big") + 2
    count, rest = divmod(len(data), step)
    if rest or data[0::step] != data[:1] * count or data[1::step] != data[1:2] * count:
        return None
    return [data[begin : begin + step - 2] for begin in range(2, len(data), step)] if step > 2 else None  # noqa: PLR2004  the length itself


def _uneven(data: bytes) -> list[bytes]:
    entries, place, end = [], 0, len(data)
    while place < end:
        if end - place < 2:  # noqa: PLR2004  a length is two bytes
            message = f"a length is cut off at byte {place}"
            raise BundleError(message)
        begin = place + 2
        place = begin + (data[begin - 2] << 8 | data[begin - 1])
        if place > end:
            message = f"an entry is cut off at byte {begin}"
            raise BundleError(message)
        entries.append(data[begin:place])
    return entries
