"""`tocsin tally`: how the public log stands, its key, and the way back after a loss."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from tocsin.campaigns.queries import by_slug
from tocsin.cli.commands import refuse, unusable
from tocsin.cli.tables import ensure_tables
from tocsin.signing import domain as signing
from tocsin.signing.domain.reindex import move_indexes
from tocsin.signing.domain.replay import Withdrawal
from tocsin.signing.domain.restore import restore
from tocsin.tally import domain as tally
from tocsin.tally import keys, queries
from tocsin.tally.copies import CopyError, FolderCopy, copy_at
from tocsin.tally.log import Log, keyless_log, own_log
from tocsin.tally.refusals import LogRefusal, LogRefusedError
from tocsin.tally.shelf import BEFORE, CHECKPOINT
from tocsin.tally.turn import AnotherSequencerError, only_sequencer

_BEHIND = {LogRefusal.DATABASE_BEHIND}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, line in (
        ("status", "say how far the log has come, and whether it can be signed"),
        ("key", "print the log's public key, which others check it with"),
        ("recover", "after a restored backup or a lost folder: bring the log and its files back"),
        ("rotate", "let a new key sign beside the old one; with --finish, alone"),
        ("succeed", "begin a new log, which names the old one and takes it over: where that cannot be continued"),
    ):
        one = verbs.add_parser(verb, help=line, description=line)
        if verb == "recover":
            one.add_argument("--from", dest="copy", metavar="PLACE", help="a copy of the log: a folder, or its address")
            one.add_argument(
                "--from-database", action="store_true", help="nothing newer than this database was ever published"
            )
        if verb == "rotate":
            one.add_argument("--finish", action="store_true", help="destroy the older key")
        if verb == "succeed":
            one.add_argument("--last", type=Path, metavar="FILE", help="the old log's last checkpoint, from elsewhere")
            one.add_argument(
                "--incomplete", action="store_true", help="begin although this database lacks what was published"
            )


def run(options: argparse.Namespace) -> int:
    """Do what was asked for, or say in one line why not."""
    ensure_tables()
    try:
        return _VERBS[options.verb](options)
    except (LogRefusedError, CopyError, keys.RotationError, tally.SuccessionError) as error:
        return refuse(str(error))
    except AnotherSequencerError:
        return refuse("a worker of this server is running: stop it first")


def _status(options: argparse.Namespace) -> int:
    del options
    log = own_log()
    standing = tally.check(log, thoroughly=True)
    print(f"log        {log.origin}")
    print(f"published  {standing.head.published} entries, {standing.head.size} have an index")
    print(f"waiting    {queries.waiting_entries()} entries")
    print(f"files      {log.shelf.folder}")
    print(f"memory     {log.memory.path}")
    print("It can be signed.")
    return 0


def _key(options: argparse.Namespace) -> int:
    del options
    print(own_log().vkeys, end="")
    return 0


def _rotate(options: argparse.Namespace) -> int:
    verb = keys.finish_rotation if options.finish else keys.begin_rotation
    verb(Path(settings.KEYS_DIR))
    print("From the next second on, checkpoints are signed by:")
    return _key(options)


def _recover(options: argparse.Namespace) -> int:
    log = own_log()
    with only_sequencer(Path(settings.TALLY_DIR)):
        if options.copy or _is_behind(log):
            _bring_back(log, options.copy)
        elif log.memory.read() is None and log.shelf.text(CHECKPOINT) is None and not options.from_database:
            return refuse(
                "neither the log's folder nor its last checkpoint is here: give a copy with --from,"
                " or say --from-database if nothing newer than this database was ever published"
            )
        withdrawals = (Withdrawal(*one) for one in queries.logged_withdrawals())
        gone = signing.replay_withdrawals(withdrawals=withdrawals)
        print(f"{gone.signatures + gone.pending} rows erased whose owners have withdrawn")
        rebuilt = tally.rebuild(log=log)
        print(f"{len(rebuilt.written)} of {rebuilt.files} files of the log written anew")
        tally.check(log, thoroughly=True)
        tally.sign_again()
    print(f"The log stands at {rebuilt.size} entries and can be signed.")
    return 0


def _succeed(options: argparse.Namespace) -> int:
    log = keyless_log()
    try:
        given = options.last.read_text(encoding="utf-8") if options.last else None
    except (OSError, UnicodeDecodeError) as error:
        return refuse(unusable(error, options.last))
    with only_sequencer(Path(settings.TALLY_DIR)):
        begun = tally.succeed(
            log=log,
            given=given,
            keys_dir=Path(settings.KEYS_DIR),
            move_rows=move_indexes,
            is_partial_fine=options.incomplete,
        )
        log = own_log()
        size = tally.publish(log=log, now=datetime.now(UTC)).size
        tally.sign_again()
    print(f"{begun.last.origin} ended at {begun.last.size} entries. {log.origin} follows it, with {size}.")
    print(
        "All of the old log's entries are in it, each one place further, and everybody can check that."
        if begun.is_whole
        else f"{begun.entries} entries were here and are in it; what else the old log held is lost, and audits say so."
    )
    print(f"The old log's files are in {log.shelf.folder / BEFORE}. Its keys are destroyed; checkpoints are signed by:")
    print(log.vkeys, end="")
    print("Give this key to whoever checks and to your witnesses, empty caches in front of /tally/, and make a backup.")
    return 0


def _is_behind(log: Log) -> bool:
    try:
        tally.check(log)
    except LogRefusedError as error:
        if error.reason in {LogRefusal.OTHER_KEY, LogRefusal.OTHER_HISTORY}:
            raise
        return error.reason in _BEHIND
    return False


def _bring_back(log: Log, place: str | None) -> None:
    copy = copy_at(place) if place else FolderCopy(log.shelf.folder)
    now = datetime.now(UTC)
    plugs = tally.Plugs(
        campaign_of=_campaign_of,
        count=signing.count,
        restore=lambda counted: restore(counted=counted, today=now.date()),
    )
    back = tally.recover(log=log, copy=copy, plugs=plugs, now=now)
    print(f"{back.entries} entries brought back from {copy.place}; {back.rows} rows learned their index")
    for name in sorted(back.unknown):
        print(f"The log has entries of {name!r}, a campaign that this database does not know.")


def _campaign_of(slug: str) -> int | None:
    campaign = by_slug(slug)
    return None if campaign is None else int(campaign.pk)


_VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "status": _status,
    "key": _key,
    "rotate": _rotate,
    "recover": _recover,
    "succeed": _succeed,
}
