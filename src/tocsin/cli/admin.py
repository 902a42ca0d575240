"""`tocsin admin`: accounts of people who run this server."""

import argparse
import sys
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tocsin.campaigns.models import User
from tocsin.cli.commands import refuse, unusable
from tocsin.cli.passphrases import ask
from tocsin.cli.tables import ensure_tables


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `create` and `password`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, line in (
        ("create", "make an account that may do anything at the desk"),
        ("password", "give an account a new password"),
    ):
        one = verbs.add_parser(verb, help=line)
        one.add_argument("email", metavar="EMAIL")
        one.add_argument("--password-file", type=Path, metavar="F", help="read the password from a file, do not ask")


def run(options: argparse.Namespace) -> int:
    """Do what was asked for; say in one line why something was refused."""
    ensure_tables()
    email = options.email.strip()
    known = User.objects.filter(email__iexact=email).first()
    if options.verb == "create" and known:
        return refuse(f"{email} has an account already; 'tocsin admin password {email}' sets a new password")
    if options.verb == "password" and known is None:
        return refuse(f"{email} has no account; 'tocsin admin create {email}' makes one")
    try:
        validate_email(email)
        password = _password(options.password_file)
        validate_password(password, known or User(email=email))
    except ValidationError as error:
        return refuse(" ".join(error.messages))
    except (OSError, UnicodeDecodeError) as error:
        return refuse(unusable(error, options.password_file))
    _store(known, email, password)
    print(f"{email}: {'password set' if known else 'account made; it may do anything at /desk/'}")
    return 0


def _password(file: Path | None) -> str:
    if file is not None:
        return file.read_text(encoding="utf-8").strip("\r\n")
    if not sys.stdin.isatty():
        message = "there is no terminal to ask at: give --password-file"
        raise ValidationError(message)
    first, second = ask("Password (at least 12 characters; a sentence will do): "), ask("Again: ")
    if first != second:
        message = "the two differ: try again"
        raise ValidationError(message)
    return first


def _store(known: User | None, email: str, password: str) -> None:
    if known is None:
        User.objects.create_user(email, password, is_superuser=True)
        return
    known.set_password(password)
    known.save(update_fields=["password"])
