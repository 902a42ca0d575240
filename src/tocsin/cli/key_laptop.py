"""`tocsin key new` and `prove`: a campaign's key on a laptop, without server, database or network."""

import argparse
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.campaigns.slugs import is_slug
from tocsin.cli.commands import refuse, set_django_up, unusable
from tocsin.cli.passphrases import read_passphrase
from tocsin.cli.private_files import new_private_file
from tocsin.seal.epoch import SealBrokenError, new_key_pair
from tocsin.seal.keyfile import PassphraseWrongError, unwrap, wrap

if TYPE_CHECKING:
    from tocsin.vault.laptop import PublicFile


def add_verbs(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare both verbs."""
    line = "make a key on this laptop: age files and recovery sheets to keep, a public file for the desk"
    new = verbs.add_parser("new", help=line, description=line)
    new.add_argument("slug", metavar="SLUG", help="the campaign")
    new.add_argument("--label", action="append", required=True, metavar="NAME", help="a keyholder; may be repeated")
    new.add_argument("--output", type=Path, required=True, metavar="DIR", help="a new folder, for you alone")
    new.add_argument("--title", default="", help="the campaign's title, for the sheets")
    new.add_argument("--server", default="", metavar="URL", help="the server's address, for the sheets")
    new.add_argument("--language", default="en", metavar="LANG", help="of the sheets")
    line = "open a test row from the desk on this laptop; prints the code that shows it"
    prove = verbs.add_parser("prove", help=line, description=line)
    prove.add_argument("test_row", type=Path, metavar="F", help="the test row's file")
    prove.add_argument("--age-file", type=Path, required=True, metavar="F", help="your age file")
    prove.add_argument("--passphrase-file", type=Path, metavar="F", help="without it, you are asked")


def new(options: argparse.Namespace) -> int:
    """Make the key; each keyholder gets six words, an age file and a sheet, and every file is opened once."""
    labels = [label.strip() for label in options.label]
    if len(set(labels)) < len(labels) or not all(labels):
        return refuse("give each keyholder a name of their own")
    if not is_slug(options.slug):
        return refuse(
            f"{options.slug!r} is no campaign's address: small letters, digits and single hyphens, as at the desk"
        )
    with _no_server():
        from tocsin.vault.laptop import PublicFile, write_public_file
        from tocsin.vault.passphrase import six_words

        private, public = new_key_pair()
        key = PublicFile(options.slug, public, tuple(labels), datetime.now(UTC).date())
        try:
            options.output.mkdir(mode=0o700)
            for number, label in enumerate(labels, start=1):
                _hand_over(options, key, private, (number, label), six_words())
            _write(options.output / f"{options.slug}.public.json", write_public_file(key))
        except FileExistsError:
            return refuse(f"{options.output} is there already: name a new folder")
        except OSError as error:
            return refuse(unusable(error))
    print(f"{options.output} holds the key {key.fingerprint.hex()}")
    print("Print the sheets, give each keyholder their age file, then delete the folder from this laptop.")
    print(f"To the desk goes {options.slug}.public.json alone.")
    return 0


def prove(options: argparse.Namespace) -> int:
    """Open the test row and print its code."""
    with _no_server():
        from tocsin.vault.laptop import BadPublicFileError
        from tocsin.vault.laptop import prove as code_for
        from tocsin.vault.passphrase import tidy

        try:
            passphrase = tidy(read_passphrase(options.passphrase_file))
            private = unwrap(options.age_file.read_bytes(), passphrase)
            print(code_for(private, options.test_row.read_bytes()))
        except SealBrokenError:
            return refuse("this key does not open that test row: it is another key's")
        except (PassphraseWrongError, BadPublicFileError) as error:
            return refuse(str(error))
        except (OSError, UnicodeDecodeError) as error:
            return refuse(unusable(error))
    return 0


def _hand_over(
    options: argparse.Namespace, key: "PublicFile", private: bytes, who: tuple[int, str], passphrase: str
) -> None:
    """Write one keyholder's age file and sheet, and show their words."""
    from tocsin.vault.models import CampaignKey, Keyholder
    from tocsin.vault.sheet import recovery_sheet

    number, label = who
    age_file = wrap(private, passphrase)
    if unwrap(age_file, passphrase) != private:  # before anybody relies on it
        message = "the age file did not open again"
        raise OSError(0, message, label)
    stem = f"{options.slug}-{number}-{re.sub(r'[^a-z0-9]+', '-', label.lower()).strip('-') or 'keyholder'}"
    _write(options.output / f"{stem}.age", age_file)
    made = CampaignKey(public=key.public, fingerprint=key.fingerprint, made_on=key.made_on)
    sheet = recovery_sheet(
        title=options.title or options.slug,
        slug=options.slug,
        base_url=options.server or "—",
        keyholder=Keyholder(key=made, label=label, age_file=age_file),
        passphrase=passphrase,
        language=options.language,
    )
    _write(options.output / f"{stem}-sheet.pdf", sheet)
    print(f"{label}: {passphrase}")


def _write(path: Path, content: bytes) -> None:
    with new_private_file(path) as file:
        file.write(content)


@contextmanager
def _no_server() -> Iterator[None]:
    """Use what this program is made of without leaving a server's folders behind."""
    with tempfile.TemporaryDirectory() as folder:
        if "DJANGO_SETTINGS_MODULE" not in os.environ:
            os.environ |= {"TOCSIN_DATA": folder, "TOCSIN_KEYS": folder}
        set_django_up()
        yield
