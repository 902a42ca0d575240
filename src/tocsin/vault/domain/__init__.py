"""What can be done with a campaign's keys: make, exchange, hold, drill, unlock; destroy the pepper."""

from tocsin.seal.keyfile import PassphraseWrongError
from tocsin.vault.domain.add_keyholder import KeyholderExistsError, add_keyholder
from tocsin.vault.domain.destroy_pepper import destroy_pepper, forget_epochs
from tocsin.vault.domain.drill import drill
from tocsin.vault.domain.exchange_key import (
    NextKeyExistsError,
    NextKeyMissingError,
    NotDrilledError,
    drop_next_key,
    make_next_key,
    use_next_key,
)
from tocsin.vault.domain.import_key import import_key, prove_drill
from tocsin.vault.domain.make_campaign_key import KeyExistsError, make_campaign_key
from tocsin.vault.domain.remove_keyholder import LastKeyholderError, Removed, remove_keyholder
from tocsin.vault.domain.unlock import unlock, unlock_all, unlock_file
from tocsin.vault.laptop import BadPublicFileError
from tocsin.vault.passphrase import PassphraseTooShortError

__all__ = [
    "BadPublicFileError",
    "KeyExistsError",
    "KeyholderExistsError",
    "LastKeyholderError",
    "NextKeyExistsError",
    "NextKeyMissingError",
    "NotDrilledError",
    "PassphraseTooShortError",
    "PassphraseWrongError",
    "Removed",
    "add_keyholder",
    "destroy_pepper",
    "drill",
    "drop_next_key",
    "forget_epochs",
    "import_key",
    "make_campaign_key",
    "make_next_key",
    "prove_drill",
    "remove_keyholder",
    "unlock",
    "unlock_all",
    "unlock_file",
    "use_next_key",
]
