"""What can be done with a campaign's keys: make them, drill, unlock, destroy the pepper."""

from tocsin.seal.keyfile import PassphraseWrongError
from tocsin.vault.domain.add_keyholder import KeyholderExistsError, add_keyholder
from tocsin.vault.domain.destroy_pepper import destroy_pepper
from tocsin.vault.domain.drill import drill
from tocsin.vault.domain.make_campaign_key import KeyExistsError, make_campaign_key
from tocsin.vault.domain.unlock import unlock, unlock_file
from tocsin.vault.passphrase import PassphraseTooShortError

__all__ = [
    "KeyExistsError",
    "KeyholderExistsError",
    "PassphraseTooShortError",
    "PassphraseWrongError",
    "add_keyholder",
    "destroy_pepper",
    "drill",
    "make_campaign_key",
    "unlock",
    "unlock_file",
]
