"""`tocsin work`: a worker alone. Loops of small verbs: send mail, count, tidy up."""

import argparse
import contextlib
import gc
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections

from tocsin.campaigns.domain import expire_invitations
from tocsin.campaigns.models import Campaign
from tocsin.cli.children import stop_on_signals, when_parent_ends
from tocsin.cli.cosigning import Collector
from tocsin.cli.daily import do_daily
from tocsin.cli.resend import REFUSALS, resend
from tocsin.db.journal import settle_journal
from tocsin.db.statistics import Statistics
from tocsin.desk.emails import builders as account_mails
from tocsin.desk.reminders import remind_of_drills
from tocsin.kit import keyfiles
from tocsin.kit.quiet_log import where
from tocsin.lane.crowd import Crowd
from tocsin.outbox import domain as outbox
from tocsin.outbox.sent import AnotherSenderError, open_register
from tocsin.outbox.transports.choose import transport_for
from tocsin.outbox.worker import MailWorker, Pace
from tocsin.rallies.domain import broadcast, days_moving
from tocsin.rallies.domain.decide_headcounts import erase_photos
from tocsin.rallies.domain.expire import expire_announced
from tocsin.rallies.domain.forget import forget as forget_rallies
from tocsin.rallies.domain.remind import remind as remind_of_rallies
from tocsin.rallies.domain.upkeep import keep_up as keep_up_rallies
from tocsin.rallies.emails import builders as rally_mails
from tocsin.rallies.photo_files import erase_strays
from tocsin.seal.keyfile import PRIVATE_KEY_BYTES
from tocsin.signing import domain as signing
from tocsin.signing.emails import SigningMails
from tocsin.signing.opened import circulars, jobs
from tocsin.signing.opened.emails import CircularMails
from tocsin.tally import domain as tally
from tocsin.tally.log import own_log
from tocsin.tally.refusals import LogRefusedError
from tocsin.tally.turn import AnotherSequencerError, only_sequencer
from tocsin.tally.witnesses import KnownWitness, own_witnesses
from tocsin.vault import keeper
from tocsin.vault.sealed.slot import RESEND

_log = logging.getLogger(__name__)
_COUNT_SECONDS = 1.0
_RESEND_SECONDS = 1.0
_VAULT_SECONDS = 0.5
_WITNESS_SECONDS = 2.0
_BROADCAST_SECONDS = 2.0
_JOURNAL_SECONDS = 2.0
_STATISTICS_SECONDS = 2.0
_REMIND_SECONDS = 120.0
_TIDY_SECONDS = 600.0
_STAND_BY_SECONDS = 1.0
_FAILED_SECONDS = 10.0
_STOP_SECONDS = 6.0
_BATCH = 5_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--connections", type=int, default=4, help="lines to the mail server at once (4)")


def run(options: argparse.Namespace) -> int:
    """Run every loop in a thread of its own until told to stop; each stops after the verb it is in."""
    stop, statistics = threading.Event(), Statistics()
    stop_on_signals(stop)
    when_parent_ends(stop.set)
    loops: dict[str, Callable[[], None]] = {
        "mail": lambda: send_mail(stop, connections_at_once=options.connections),
        "count": lambda: again_and_again(stop, _COUNT_SECONDS, lambda: keep_counting(stop)),
        "vault": lambda: again_and_again(stop, _VAULT_SECONDS, lambda: work_on_the_vault(stop)),
        "broadcasts": lambda: again_and_again(stop, _BROADCAST_SECONDS, lambda: send_broadcasts(stop)),
        "days": lambda: again_and_again(stop, _BROADCAST_SECONDS, lambda: move_days(stop)),
        "journal": lambda: again_and_again(stop, _JOURNAL_SECONDS, settle_journal),
        "statistics": lambda: again_and_again(stop, _STATISTICS_SECONDS, statistics.keep),
        "remind": lambda: again_and_again(stop, _REMIND_SECONDS, lambda: remind(stop)),
        "resend": lambda: again_and_again(stop, _RESEND_SECONDS, resend_lost),
        "tidy": lambda: again_and_again(stop, _TIDY_SECONDS, tidy),
    }
    loops |= {f"witness {one.name}": partial(ask_witness, stop, one) for one in own_witnesses()}
    # What was imported stays as long as the process: the collector need not look at it for every batch of mails.
    gc.collect()
    gc.freeze()
    threads = [threading.Thread(target=loop, name=name, daemon=True) for name, loop in loops.items()]
    for thread in threads:
        thread.start()
    while not stop.wait(1):
        if not all(thread.is_alive() for thread in threads):
            _log.error("a loop of the worker ended by itself; the worker starts anew")
            stop.set()
            return 1
    # A mail on its way may take minutes at a slow server; left behind, it comes twice at the most.
    deadline = time.monotonic() + _STOP_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return 0


def send_mail(stop: threading.Event, *, connections_at_once: int) -> None:
    """Send mail; on SQLite one process does, and others stand by."""
    transport = transport_for(settings.MAIL_URL, mail_from=settings.MAIL_FROM)
    while not stop.is_set():
        if keyfiles.is_locked():  # nobody has opened this server's keys since it started: mail waits
            stop.wait(_STAND_BY_SECONDS)
            continue
        try:
            sent = open_register()
        except AnotherSenderError:
            stop.wait(_STAND_BY_SECONDS)
            continue
        except (DatabaseError, OSError) as error:
            _wait_for_the_database("mail", error)
            stop.wait(_STAND_BY_SECONDS)
            continue
        worker = MailWorker(
            transport=transport,
            builders=SigningMails().builders() | CircularMails().builders() | account_mails() | rally_mails(),
            sent=sent,
            pace=Pace(connections=connections_at_once),
            gives_way=Crowd(settings.DATA_DIR / "counters").is_there,
        )
        worker.run(stop)
        sent.close()


def keep_counting(stop: threading.Event) -> None:
    """Be the sequencer until told to stop or the database goes away; return at once when another process is."""
    with contextlib.suppress(AnotherSequencerError), only_sequencer(Path(settings.TALLY_DIR)):
        is_first = True
        while not stop.is_set():
            started = time.monotonic()
            count(stop, thoroughly=is_first)
            is_first = False
            stop.wait(max(0.0, _COUNT_SECONDS - (time.monotonic() - started)))


def count(stop: threading.Event, *, thoroughly: bool = False) -> None:
    """Give what waits its index, batch after batch, and publish it; or say why that must not be.

    What must not be signed must not be given an index either, and under a long queue the
    published number moves all the same, every few seconds.
    """
    if keyfiles.is_locked():  # nobody has opened this server's keys since it started: counting waits
        return
    log = own_log()
    enough = time.monotonic() + _COUNT_SECONDS
    try:
        tally.check(log, thoroughly=thoroughly)
        while tally.advance(count=signing.count, limit=_BATCH).entries == _BATCH:
            if stop.is_set() or time.monotonic() > enough:
                break
        tally.publish(log=log, now=datetime.now(UTC))
    except LogRefusedError as error:
        if tally.refuse_to_sign(error.reason):
            _log.error("the log is not signed, and nothing is counted: %s", error)
    else:
        if tally.sign_again():
            _log.warning("the log is signed again")


def ask_witness(stop: threading.Event, witness: KnownWitness) -> None:
    """Ask one witness to vouch for each new checkpoint; one that does not answer holds up nobody."""
    collector = Collector(witness)
    again_and_again(stop, _WITNESS_SECONDS, collector.collect)


def work_on_the_vault(stop: threading.Event) -> None:
    """Search, export and write to signatories, where somebody at the desk has unlocked the vault."""

    def now() -> datetime:
        return datetime.now(UTC)

    jobs.forget_ended(now=now())
    while not stop.is_set() and jobs.work(now=now, goes_on=lambda: not stop.is_set()):
        continue
    circulars.work(now=now, goes_on=lambda: not stop.is_set())


def send_broadcasts(stop: threading.Event) -> None:
    """Post what organisers write to everybody around their rallies."""
    if not keyfiles.is_locked():  # else it waits until somebody opens this server's keys
        broadcast.work(now=lambda: datetime.now(UTC), goes_on=lambda: not stop.is_set())


def move_days(stop: threading.Event) -> None:
    """Take rallies along with their day of action."""
    if not keyfiles.is_locked():  # else it waits: hosts and those who come have to be told
        days_moving.work(now=lambda: datetime.now(UTC), goes_on=lambda: not stop.is_set())


def remind(stop: threading.Event) -> None:
    """Remind those who come to rallies."""
    if keyfiles.is_locked():  # else it waits: who comes lies under keys that nobody has opened
        return
    if posted := remind_of_rallies(now=datetime.now(UTC), goes_on=lambda: not stop.is_set()):
        _log.info("rallies: reminders=%d", posted)


def resend_lost() -> None:
    """Make the lost mails of each campaign anew whose keyholder lent us the key for it, and give the key up."""
    if keyfiles.is_locked() or not keeper.is_there():
        return
    for name in keeper.names(RESEND):
        campaign = Campaign.objects.filter(pk=int(name.removeprefix(RESEND))).first()
        private = keeper.get(name)
        try:
            if campaign is not None and private is not None:
                keys = [private[at : at + PRIVATE_KEY_BYTES] for at in range(0, len(private), PRIVATE_KEY_BYTES)]
                left = resend(campaign, keys)
                _log.info("%s: lost mails were made anew, %d could not be", campaign.slug, left)
        except REFUSALS as error:
            _log.warning("lost mails cannot be made anew (%s)", type(error).__name__)
        finally:
            keeper.drop(name)


def tidy() -> None:
    """Let go of what has outlived its purpose, and once a day count by country."""
    now = datetime.now(UTC)
    expired = signing.expire(now=now)
    letters = outbox.expire_letters(now=now)
    keys = outbox.destroy_spent_keys(now=now)
    signing.expire_proposals(now=now)
    expire_invitations(now=now)
    forgotten = forget_rallies(now=now)
    _log.info("rallies: forgotten=%d, unconfirmed who would come=%d", forgotten.rallies, forgotten.asked)
    _log.info("rallies: unconfirmed=%d", expire_announced(now=now))
    _log.info("rallies: photos erased=%d", erase_photos(now=now))
    sealed = signing.erase_what_is_due(now=now)
    _log.info("tidied: %s, letters=%d, keys destroyed=%d, sealed rows=%d", expired, letters, keys["destroyed"], sealed)
    erased = expired._asdict() | {"letters": letters, "letter_keys": keys["destroyed"], "sealed": sealed}
    signing.note_retention(erased=erased, now=now)
    do_daily(_daily_jobs(now), marks=Path(settings.DATA_DIR) / "daily", now=now)


def _daily_jobs(now: datetime) -> dict[str, Callable[[], object]]:
    jobs: dict[str, Callable[[], object]] = {
        "countries": partial(signing.refresh_country_counts, now=now),
        "texts": partial(signing.refresh_text_counts, now=now),
        "caps": partial(outbox.forget_caps, now=now),
        "sessions": partial(call_command, "clearsessions"),
        "photos": partial(erase_strays, now),
    }
    if not keyfiles.is_locked():  # else once they are open: a letter needs its key
        jobs |= {"drills": partial(remind_of_drills, now=now), "rallies": partial(_keep_up_rallies, now)}
    return jobs


def _keep_up_rallies(now: datetime) -> None:
    kept = keep_up_rallies(now=now)
    _log.info("rallies: dates added=%d, series asked about=%d, series ended=%d", *kept)


def again_and_again(stop: threading.Event, seconds: float, verb: Callable[[], object]) -> None:
    """Do a verb every so many seconds until told to stop; what it fails of ends neither its loop nor another."""
    try:
        while not stop.is_set():
            started, pause = time.monotonic(), seconds
            try:
                verb()
            except (DatabaseError, OSError) as error:
                _wait_for_the_database(threading.current_thread().name, error)
                connections.close_all()
            except Exception as error:  # noqa: BLE001  whatever it is, mail and counting must not end with it
                name = threading.current_thread().name
                _log.error("%s failed, and will be tried again: %s", name, where(error))
                connections.close_all()
                pause = max(seconds, _FAILED_SECONDS)
            stop.wait(max(0.0, pause - (time.monotonic() - started)))
    finally:
        connections.close_all()


def _wait_for_the_database(who: str, error: Exception) -> None:
    # The type alone: a database's message can hold the row it is about.
    _log.warning("%s waits for the database or its disk (%s)", who, type(error).__name__)
