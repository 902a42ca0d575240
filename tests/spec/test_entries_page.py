"""The page a second implementation is written from: its example must be what we compute."""

import re
from pathlib import Path

from tocsin.seal import commitment, tokens
from tocsin.tlog import entry

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "entries.md").read_text(encoding="utf-8")
T = bytes(range(32))


def stated(what: str) -> str:
    found = re.search(rf"^\| {re.escape(what)}[^|]*\| `([^`]+)`", PAGE, flags=re.MULTILINE)
    assert found, what
    return found[1]


def test_the_example_is_what_the_program_computes() -> None:
    payload = commitment.payload_bytes({"name": "Ana", "email": "ana@example.org", "m": tokens.manage_token(T).hex()})
    text = commitment.text_hash(stated("text, as"))
    pc = commitment.payload_commitment(b"\x09" * 32, payload)
    bound = commitment.bind(T, stated("address"))
    c = commitment.commitment(stated("campaign"), text, pc, bound)
    line = entry.sign("demo", c)
    assert {what: stated(what) for what in ("T", "payload", "text_hash", "pc", "bind", "C", "entry", "leaf")} == {
        "T": T.hex(),
        "payload": payload.decode(),
        "text_hash": text.hex(),
        "pc": pc.hex(),
        "bind": bound.hex(),
        "C": c.hex(),
        "entry": line.hex(),
        "leaf": entry.leaf_hash(line).hex(),
    }


def test_every_kind_stands_on_the_page() -> None:
    assert re.findall(r"01 (0\d) lp", PAGE) == [f"{kind:02x}" for kind in entry.Kind]
