"""Sealed mode: on the disk of a machine that is switched off, no key of the server can be read.

Each key that could test or read what people entrusted to us lies in `sealed/`, under one *root
key*. The root key lies there only in age passphrase files, one an operator. After a start an
operator opens theirs (`tocsin unseal`); the keeper then holds the root key in memory, and
nothing else changes for anybody. Keys of letters lie in the keeper's memory alone: what waited
to be sent when the power went can be read by nobody, also not with the passphrase.

`folder` knows what lies where, `store` reads keys, `conversion` seals a folder and brings it
back, `opening` says whose passphrases open the root key, `slot` carries what was opened to a server that runs.
"""

from tocsin.vault.sealed.conversion import (
    AloneError,
    DifferentKeyError,
    alone_with,
    bring_back,
    finish,
    finish_bringing_back,
    seal,
    using,
)
from tocsin.vault.sealed.folder import Mode, NotSealedError, mode_of
from tocsin.vault.sealed.opening import (
    LastOperatorError,
    OperatorExistsError,
    OperatorUnknownError,
    add_operator,
    operators,
    remove_operator,
    root_key,
)
from tocsin.vault.sealed.store import store_of

__all__ = [
    "AloneError",
    "DifferentKeyError",
    "LastOperatorError",
    "Mode",
    "NotSealedError",
    "OperatorExistsError",
    "OperatorUnknownError",
    "add_operator",
    "alone_with",
    "bring_back",
    "finish",
    "finish_bringing_back",
    "mode_of",
    "operators",
    "remove_operator",
    "root_key",
    "seal",
    "store_of",
    "using",
]
