"""The keeper: holds in one process's memory what was opened by passphrase, for a server's processes.

The parent of a server (`tocsin serve`) holds the secrets; its children ask over a socket that
they inherited and that has no name, so nobody else can connect. A child that is started anew
loses nothing; when the parent ends, everything is gone. Nothing of it is ever on a disk.

    keeper.put("unlocked/7/abc", private_key, seconds=900)
    keeper.get("unlocked/7/abc")    # bytes, or None when its time is over
    keeper.left("unlocked/7/abc")   # seconds, or None
    keeper.drop("unlocked/7/abc")
    keeper.drop_all("unlocked/7/")  # everything whose name begins so
    keeper.make("key/x", fresh)     # put unless there; what is there now
    keeper.names("key/")            # a list, sorted

Names are ours and say nothing secret: at most 200 bytes, no spaces. Secrets are at most 4,096 bytes.
Every call raises KeeperMissingError in a process that no `tocsin serve` started.
"""

from tocsin.vault.keeper.client import KeeperMissingError, drop, drop_all, get, is_there, left, make, names, put
from tocsin.vault.keeper.server import Keeper

__all__ = ["Keeper", "KeeperMissingError", "drop", "drop_all", "get", "is_there", "left", "make", "names", "put"]
