"""The public log, pure: bytes in, bytes out; no Django, no I/O. The formats are in docs/spec/.

What is where, from the bottom up; each module imports from those above it only:

    hashing       leaf_hash · node_hash · leaf_hashes · parents · subtree_root · EMPTY_ROOT
    compact       CompactRange: append · extend(hashes, level=) · root · hashes · from_hashes · from_nodes
    proofs        prove_inclusion, verify_inclusion · prove_consistency, verify_consistency · ProofError
    tiles         Tile(level, number, width).path · parse_path · tile_of · growth(old, size) · layout(size)
                  grow(old, leaves, read): the tiles to write · nodes_of(size, read): what proofs read
    bundles       encode · decode · grow(old, entries, read): the bundles to write
    entry         sign, withdraw, … make entries · parse reads one
    text, note    spelling of numbers and base64 · signed notes: parse, sign, check, add_signatures
    checkpoint    Checkpoint(origin, size, root).text · from_text
    cosignature   CosignatureSigner.cosign(text, at=) · CosignatureVerifier   (witnesses)
    keys          LogSigner(name, seed).skey · LogVerifier.vkey · parse_vkey · parse_skey
    signed        sign_checkpoint · open_checkpoint(data, log_keys=, witnesses=) -> SignedCheckpoint
    receipt       Receipt(index, proof, checkpoint, extra).text · from_text · Claim · verify_receipt
    recount       Recount().add(entries).result() -> Result: figures by campaign, and the log's faults

Whatever reads what others wrote raises one error of its own (a ValueError), mostly with a `reason`
from an enum; it accepts one spelling of each value and no second. A `Node` reads the hash of a
complete subtree, `node(level, place)`; a `Read` the bytes of a `Tile`. Hashes are 32 bytes.
"""
