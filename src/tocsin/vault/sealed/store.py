"""Keys of a server in sealed mode, read under the root key that the keeper holds."""

from datetime import datetime
from pathlib import Path

from tocsin.kit import keyfiles
from tocsin.kit.keyfiles import KeyFileBrokenError, KeysSealedError
from tocsin.seal.box import Box, BoxBrokenError
from tocsin.vault import keeper
from tocsin.vault.keeper import KeeperMissingError
from tocsin.vault.sealed.folder import KEYS, SEALED, is_open, is_root, purpose, sealed_path

ROOT = "root"  # the root key's name in the keeper
# Letters' keys: made in memory, never written. A week outlasts every letter.
_IN_MEMORY = "outbox"
_MEMORY_SECONDS = 7 * 86_400.0


class SealedStore:
    """The keys of one sealed folder, by the paths that they would have in standard mode."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root: bytes | None = None

    def read(self, path: Path) -> bytes:
        """Return a key; raises FileNotFoundError, KeysSealedError, or KeyFileBrokenError for one that was changed."""
        name = self._name(path)
        if is_open(name):
            return path.read_bytes()
        box = Box(self._opened())
        if name.parts[0] == _IN_MEMORY and keeper.is_there() and (key := keeper.get(_held(name))) is not None:
            return key
        try:
            return box.open(purpose(name), sealed_path(self._folder, name).read_bytes())
        except BoxBrokenError as error:
            message = f"{name} was changed where it lies sealed: put the right file back"
            raise KeyFileBrokenError(message) from error

    def make(self, path: Path, key: bytes) -> None:
        """Keep `key`, unless there is one already."""
        name = self._name(path)
        if is_open(name):
            keyfiles.write_new(path, key)
        elif name.parts[0] == _IN_MEMORY:
            self._opened()
            keeper.make(_held(name), key, _MEMORY_SECONDS)
        else:
            keyfiles.write_new(sealed_path(self._folder, name), Box(self._opened()).seal(purpose(name), key))

    def destroy(self, path: Path) -> bool:
        """Forget and overwrite a key; it need not be opened for that."""
        name = self._name(path)
        was_held = name.parts[0] == _IN_MEMORY and keeper.is_there() and keeper.get(_held(name)) is not None
        if was_held:
            keeper.drop(_held(name))
        lay_sealed = keyfiles.destroy_file(sealed_path(self._folder, name))
        # A crash amid sealing may have left it readable.
        lay_open = keyfiles.destroy_file(path)
        return was_held or lay_sealed or lay_open

    def paths(self, folder: Path) -> list[Path]:
        """Return the paths of the keys of a folder, those among them that stay readable too."""
        name = self._name(folder)
        found = {folder / path.name for path in (self._folder / SEALED / KEYS / name).glob("*.key")}
        found |= {path for path in folder.glob("*.key") if is_open(self._name(path))}
        if name.parts[:1] == (_IN_MEMORY,) and keeper.is_there():
            found |= {self._folder / held.removeprefix(_held(Path())) for held in keeper.names(_held(name))}
        return sorted(path for path in found if not path.name.startswith("."))

    def made_at(self, path: Path) -> datetime | None:
        """Return when the file of a key was made, sealed or readable; it need not be opened for that."""
        return keyfiles.file_made_at(sealed_path(self._folder, self._name(path))) or keyfiles.file_made_at(path)

    def is_locked(self) -> bool:
        """Say whether nobody has opened the root key since the server started."""
        try:
            self._opened()
        except KeysSealedError:
            return True
        return False

    def keep(self, root: bytes) -> bool:
        """Hold the root key in this process; False when it is not the right one."""
        if not is_root(self._folder, root):
            return False
        self._root = root
        return True

    def _name(self, path: Path) -> Path:
        """Return a key's path in the folder; raises ValueError for one that lies elsewhere."""
        return path.relative_to(self._folder)

    def _opened(self) -> bytes:
        """Return the root key, asked of the keeper once and then kept as long as this process."""
        if self._root is None:
            try:
                root = keeper.get(ROOT)
            except KeeperMissingError as error:
                raise KeysSealedError from error
            if root is None or not self.keep(root):
                raise KeysSealedError
        return self._root or b""


_stores: dict[Path, SealedStore] = {}


def store_of(folder: Path) -> SealedStore | None:
    """Return the store of a sealed folder, None for one in standard mode."""
    if not (folder / SEALED).exists():
        _stores.pop(folder, None)
        return None
    if folder not in _stores:
        _stores[folder] = SealedStore(folder)
    return _stores[folder]


def _held(name: Path) -> str:
    return "key/" if name == Path() else f"key/{name.as_posix()}"
