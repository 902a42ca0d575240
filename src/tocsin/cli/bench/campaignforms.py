"""How the benchmark's campaign is signed, as its own page says."""

from tocsin.cli.bench.forms import fetch, hidden_fields
from tocsin.cli.bench.proofs import ProofMaker
from tocsin.cli.bench.requestmaking import SignRequests
from tocsin.cli.bench.workshop import CAMPAIGN, Workshop
from tocsin.lane.proof import VALID_SECONDS, proof_keys


def sign_requests(shop: Workshop) -> SignRequests:
    """Return what making requests needs: the form's address and hidden fields, and the server's proof keys."""
    page = fetch(shop.port, shop.page_path).decode()
    keys = proof_keys()
    return SignRequests(
        port=shop.port,
        path=f"{shop.page_path}sign",
        hidden=hidden_fields(page, "/sign"),
        proofs=ProofMaker(challenge=keys.challenge, derived=keys.derived, campaign=CAMPAIGN),
        proof_field="altcha",
        valid_seconds=VALID_SECONDS,
    )
