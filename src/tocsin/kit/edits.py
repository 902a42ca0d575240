"""How far two words are apart, as fingers slip."""


def is_one_edit(typed: str, meant: str) -> bool:
    """Say whether one slip turns `meant` into `typed`: a letter missing, extra, wrong, or two swapped."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = _common_start(typed, meant)
    if len(typed) == len(meant):
        return _is_wrong_or_swapped(typed[start:], meant[start:])
    longer, shorter = (typed, meant) if len(typed) > len(meant) else (meant, typed)
    return longer[start + 1 :] == shorter[start:]


def _common_start(one: str, other: str) -> int:
    place = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        place += 1
    return place


def _is_wrong_or_swapped(typed: str, meant: str) -> bool:
    if typed[1:] == meant[1:]:
        return True
    return typed[:2] == meant[1::-1] and typed[2:] == meant[2:]
