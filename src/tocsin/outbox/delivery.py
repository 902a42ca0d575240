"""One batch on one line: build the mails, hand them over one by one, write down how each fared."""

import logging
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby

from tocsin.outbox.batches import batch_of, builder_of
from tocsin.outbox.caps import cap_key
from tocsin.outbox.domain import Claimed, Counted, GivenUp, PutOff, wait_seconds
from tocsin.outbox.held import Held
from tocsin.outbox.mails import Builder, Dropped, Mail, Opened
from tocsin.outbox.sent import SentRegister
from tocsin.outbox.states import Reason
from tocsin.outbox.transports import Answer, Connection, ConnectionLostError

_log = logging.getLogger(__name__)
# So many times "later" in a row is about the provider, not about the letters.
_REST_AFTER = 3
_FAILED_BUILD_SECONDS = 300
_jitter = random.random  # spreads load; no secret depends on it


class Delivery:
    """What becomes of one claimed batch."""

    def __init__(self, claimed: Claimed, held: Held, sent: SentRegister) -> None:
        self._letters = claimed.letters
        self._hour = claimed.hour
        self._held = held
        self._sent = sent
        self._done: set[int] = set()
        self._put_off: list[PutOff] = []
        self._given_up: list[GivenUp] = []
        self._refused_in_a_row = 0
        self.counts: Counter[str] = Counter({"dropped": len(claimed.dropped), "put off": claimed.put_off})
        self.provider_needs_rest = False

    def run(self, line: Connection, builders: Mapping[str, Builder], goes_on: Callable[[], bool]) -> None:
        """Send the batch while `goes_on` says so; raise ConnectionLostError when the line broke."""
        for letter, mail in self._built(builders):
            if self.provider_needs_rest or not goes_on():
                return
            if not self._held.has(letter.id) or self._sent.is_recorded(letter.id):
                # Somebody else's by now, or sent already: nothing to write down.
                self._done.add(letter.id)
                continue
            try:
                self._note(letter, line.send(mail))
            except ConnectionLostError as lost:
                if lost.answer is not None:
                    self._later(letter, lost.answer)
                raise

    def finish(self, *, untried_seconds: int) -> None:
        """Write down how each letter fared; those not tried are due again in `untried_seconds`."""
        untried = [(letter.id, letter.attempts) for letter in self._letters if letter.id not in self._done]
        self._held.finish(
            put_off=self._put_off,
            given_up=self._given_up,
            untried=untried,
            untried_seconds=untried_seconds,
            now=datetime.now(UTC),
        )

    def _note(self, letter: Opened, answer: Answer) -> None:
        if answer.is_sent:
            # Before anything else: dying between the server's word and this line repeats this one mail.
            self._sent.record(letter.id)
            self._held.forget(letter.id)
            self._done.add(letter.id)
            self._refused_in_a_row = 0
            self.counts["sent"] += 1
        elif answer.is_final:
            self._give_up(letter, str(answer.code))
        else:
            self._later(letter, answer)
            self._refused_in_a_row += 1
            self.provider_needs_rest = self._refused_in_a_row >= _REST_AFTER

    def _later(self, letter: Opened, answer: Answer) -> None:
        self._done.add(letter.id)
        self._put_off.append(PutOff(letter.id, str(answer.code), wait_seconds(letter.attempts, _jitter)))
        self.counts["put off"] += 1

    def _give_up(self, letter: Opened, answer: str, counted: Counted | None = None) -> None:
        self._done.add(letter.id)
        self._given_up.append(GivenUp(letter.id, letter.provider, answer, letter.kind, counted))
        self.counts["given up"] += 1

    def _built(self, builders: Mapping[str, Builder]) -> Iterator[tuple[Opened, Mail]]:
        for kind, group in groupby(sorted(self._letters, key=lambda letter: letter.kind), lambda letter: letter.kind):
            letters = list(group)
            for letter, mail in zip(letters, self._build(builders.get(builder_of(kind)), letters), strict=True):
                if isinstance(mail, Dropped):
                    self._give_up(letter, mail.reason, self._counted(letter))
                elif mail is not None:
                    yield letter, mail

    def _counted(self, letter: Opened) -> Counted | None:
        """Return what this claim has counted for a letter, to be taken back when there is no mail."""
        if letter.attempts > 1 or batch_of(letter.kind):
            return None
        address = cap_key(str(letter.content["to"]))
        return None if address is None else Counted(address, self._hour)

    def _build(self, builder: Builder | None, letters: Sequence[Opened]) -> Sequence[Mail | Dropped | None]:
        """Return the mails, and None for a letter that cannot be built: it waits.

        When the builder fails it is asked again for each letter alone, so that one harms no other.
        """
        if builder is None:
            return [Dropped(Reason.NO_BUILDER)] * len(letters)
        try:
            return builder(letters, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001  a mistake in a builder must not lose letters
            # Where, but not what: an error's words can hold an address.
            where = traceback.extract_tb(error.__traceback__)[-1]
            _log.error(
                "building %s failed: %s at %s:%s", letters[0].kind, type(error).__name__, where.name, where.lineno
            )
        if len(letters) > 1:
            return [mail for letter in letters for mail in self._build(builder, [letter])]
        self._done.add(letters[0].id)
        self._put_off.append(PutOff(letters[0].id, "build", _FAILED_BUILD_SECONDS))
        return [None]


def until(stop: Callable[[], bool], seconds: float) -> Callable[[], bool]:
    """Return a question that is answered yes until `stop` is, or so many seconds have passed."""
    end = time.monotonic() + seconds
    return lambda: not stop() and time.monotonic() < end
