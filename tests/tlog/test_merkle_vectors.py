"""The 196 vectors of transparency-dev/merkle, as they lie in tests/vendor/merkle."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tocsin.tlog.proofs import ProofError, ProofRefusal, verify_consistency, verify_inclusion

VECTORS = json.loads((Path(__file__).parents[1] / "vendor/merkle/proofs.json").read_text(encoding="utf-8"))

# Accepted there, with roots of 12 bytes that read "don't care": here a root is a hash, or it is refused.
NO_HASHES = {"sizes are equal (zero) and proof is empty", "sizes are equal (one) and proof is empty"}


def sentence(vector: dict[str, Any]) -> str:
    return f"{vector['case']}: {vector['desc']}"


def raw(text: str) -> bytes:
    return base64.b64decode(text)


def test_there_are_196() -> None:
    assert (len(VECTORS["inclusion"]), len(VECTORS["consistency"])) == (98, 98)
    assert sum(not vector["wantErr"] for vectors in VECTORS.values() for vector in vectors) == 13


@pytest.mark.parametrize("vector", VECTORS["inclusion"], ids=sentence)
def test_inclusion(vector: dict[str, Any]) -> None:
    def check() -> None:
        verify_inclusion(
            index=vector["leafIdx"],
            size=vector["treeSize"],
            leaf=raw(vector["leafHash"]),
            proof=[raw(text) for text in vector["proof"]],
            root=raw(vector["root"]),
        )

    if vector["wantErr"]:
        with pytest.raises(ProofError):
            check()
    else:
        check()


@pytest.mark.parametrize("vector", VECTORS["consistency"], ids=sentence)
def test_consistency(vector: dict[str, Any]) -> None:
    def check() -> None:
        verify_consistency(
            old=vector["size1"],
            size=vector["size2"],
            old_root=raw(vector["root1"]),
            root=raw(vector["root2"]),
            proof=[raw(text) for text in vector["proof"]],
        )

    if vector["desc"] in NO_HASHES:
        with pytest.raises(ProofError, match=ProofRefusal.NO_HASH):
            check()
    elif vector["wantErr"]:
        with pytest.raises(ProofError):
            check()
    else:
        check()
