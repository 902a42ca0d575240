"""A signatory's receipt: what proves, without asking us, that their signature is counted, and to which words.

The file holds no name, no address and no token: who has nothing else learns from it that somebody
signed. It is made from the log's published files when it is asked for, and kept nowhere.
"""

from tocsin.seal.tokens import manage_token, receipt_key, to_base64, token_hash
from tocsin.signing.models import Signature
from tocsin.signing.states import State
from tocsin.tally import queries as tally
from tocsin.tlog.entry import sign
from tocsin.tlog.hashing import leaf_hash
from tocsin.tlog.proofs import verify_inclusion
from tocsin.tlog.receipt import Claim, Receipt
from tocsin.tlog.signed import read_checkpoint

_COLUMNS = ("index", "pc", "commitment", "text__text_hash", "campaign__slug")


def receipt_of(token: bytes) -> str | None:
    """Return the receipt of the signature behind T or m, as a file; None while no checkpoint speaks for it.

    Raises FileNotFoundError when this machine does not have the log's files, and ProofError
    when what they say is not what was counted: nobody is handed a receipt that would fail.
    """
    hashes = [token_hash(manage_token(token)), token_hash(token)]
    counted = Signature.objects.filter(manage_hash__in=hashes, state=State.COUNTED)
    row = counted.values_list(*_COLUMNS).first()
    if row is None:
        return None
    index, pc, commitment, text_hash, slug = row
    parts = tally.receipt_parts(index)
    if parts is None:
        return None
    head = read_checkpoint(parts.note)
    leaf = leaf_hash(sign(slug, bytes(commitment)))
    verify_inclusion(index=index, size=head.size, leaf=leaf, proof=parts.proof, root=head.root)
    claim = Claim(slug, bytes(text_hash), bytes(pc))
    return Receipt(index, parts.proof, parts.note, claim.to_bytes()).text


def receipt_code(token: bytes) -> str:
    """Return what checks the receipt of T's signature, beside the address: it proves, and cannot withdraw."""
    return to_base64(receipt_key(token))
