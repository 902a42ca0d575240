"""The hashes of RFC 6962, section 2.1, against eight published roots and the definition itself."""

import hashlib

import pytest

from tests.tlog.logs import merkle_tree_hash
from tocsin.tlog.hashing import EMPTY_ROOT, leaf_hash, leaf_hashes, node_hash, parents, subtree_root

# The tree that Certificate Transparency's implementations are tested with, and its root at each size.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def test_a_log_without_entries_has_the_hash_of_nothing() -> None:
    assert hashlib.sha256(b"").digest() == EMPTY_ROOT
    assert subtree_root([]) == EMPTY_ROOT


def test_leaves_and_nodes_are_hashed_under_different_first_bytes() -> None:
    assert leaf_hash(b"x") == hashlib.sha256(b"\x00x").digest()
    assert node_hash(b"l", b"r") == hashlib.sha256(b"\x01lr").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_is_the_published_one(size: int) -> None:
    assert subtree_root(leaf_hashes(LEAVES[:size])).hex() == ROOTS[size - 1]


@pytest.mark.parametrize("size", [*range(70), 127, 128, 129, 255, 256, 257, 511, 513])
def test_the_root_is_the_definition_s(size: int) -> None:
    entries = [bytes([place % 256, place // 256]) for place in range(size)]

    assert subtree_root(leaf_hashes(entries)) == merkle_tree_hash(entries)


def test_many_hashes_at_once_are_the_same_hashes() -> None:
    leaves = [leaf_hash(entry) for entry in LEAVES]

    assert leaf_hashes(LEAVES) == leaves
    assert parents(leaves[:4]) == [node_hash(leaves[0], leaves[1]), node_hash(leaves[2], leaves[3])]
    assert parents(leaves[:5]) == parents(leaves[:4])
    assert parents([]) == []
