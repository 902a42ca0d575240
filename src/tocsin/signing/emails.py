"""The mails of signing: please confirm, you have signed already, here is how to sign.

Whether somebody has signed is looked up here, when the mail is built, and told to the mailbox
alone: the page that took the form cannot tell, and does not.
"""

import binascii
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State
from tocsin.kit.addresses import wire_form
from tocsin.outbox.caps import cap_key
from tocsin.outbox.mails import Builder, Dropped, Mail, Opened
from tocsin.outbox.states import Reason
from tocsin.outbox.stop_link import stop_link
from tocsin.seal.tokens import from_text, manage_token, to_text
from tocsin.signing.domain.resend import LOST_LETTER
from tocsin.signing.domain.take import CONFIRM_LETTER
from tocsin.signing.mail_templates import Kind, MailTemplates
from tocsin.signing.models import Signature
from tocsin.signing.withdrawal import make_withdrawal_tokens

_SIGNATURE = Signature._meta.db_table  # noqa: SLF001  the table's name is Django's to give


class Seat(NamedTuple):
    """A seat that is taken at an address: by whom, and the hash under which it can be withdrawn."""

    number: int
    name_tag: bytes
    manage_hash: bytes


class _Order(NamedTuple):
    """A letter with what its mail is going to be."""

    letter: Opened
    to: str
    campaign: Campaign
    kind: Kind
    seats: tuple[Seat, ...]  # whose withdrawal links the mail holds


class SigningMails:
    """Builds the mails of signing; one for each worker, since it keeps the templates it rendered."""

    def __init__(self) -> None:
        self._templates = MailTemplates()

    def builders(self) -> dict[str, Builder]:
        """Return the builder of each kind of letter that signing posts."""
        return {CONFIRM_LETTER: self.confirm, LOST_LETTER: self.lost}

    def confirm(self, letters: Sequence[Opened], now: datetime) -> list[Mail | Dropped]:
        """Ask to confirm; or, to somebody who has signed, say so."""
        return self._build(letters, _tag_of_confirm, _order_of_confirm, now)

    def lost(self, letters: Sequence[Opened], now: datetime) -> list[Mail | Dropped]:
        """Say how to withdraw, to somebody who has signed, and how to sign, to who has not."""
        return self._build(letters, _tag_of_lost, _order_of_lost, now)

    def _build(self, letters: Sequence[Opened], tag_of: Any, order_of: Any, now: datetime) -> list[Mail | Dropped]:
        campaigns = Campaign.objects.in_bulk({_campaign_of(letter) for letter in letters})
        seats = _seats_taken((_campaign_of(letter), tag_of(letter)) for letter in letters)
        results: list[Mail | Dropped | _Order] = []
        for letter in letters:
            campaign, to = campaigns.get(_campaign_of(letter)), wire_form(str(letter.content["to"]))
            if to is None:
                results.append(Dropped(Reason.NO_ADDRESS))
            elif campaign is None or campaign.state != State.OPEN:
                results.append(Dropped(Reason.NO_LONGER_NEEDED))
            else:
                kind, shown = order_of(letter, campaign, seats.get((campaign.pk, tag_of(letter)), ()))
                is_stale = letter.was_put_off and letter.kind == CONFIRM_LETTER and kind is not Kind.CONFIRM
                # Who pressed "sign" five times has signed by the first mail: the next day's would tell them nothing.
                order = _Order(letter, to, campaign, kind, shown)
                results.append(Dropped(Reason.NO_LONGER_NEEDED) if is_stale else order)
        tokens = _fresh_tokens([order for order in results if isinstance(order, _Order)], now)
        return [self._mail(item, tokens, now) if isinstance(item, _Order) else item for item in results]

    def _mail(self, order: _Order, tokens: Mapping[int, list[bytes]], now: datetime) -> Mail:
        links = _confirm_links(order) if order.kind is Kind.CONFIRM else _withdrawal_links(order, tokens)
        template = self._templates.get(order.kind, order.campaign, str(order.letter.content["language"]))
        stop = stop_link(str(order.letter.content["to"]), str(order.letter.content["language"]))
        values = links | {"stop": stop, "to": order.to, "name": str(order.letter.content.get("name", ""))}
        headers = {
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        content = template.fill(to=order.to, values=values, headers=headers, now=now)
        return Mail(order.to, content, links.get("confirm", links.get("withdraw", "")))


def _seats_taken(wanted: Iterable[tuple[int, bytes]]) -> dict[tuple[int, bytes], tuple[Seat, ...]]:
    """Return the taken seats by campaign and tag, with one question a campaign."""
    tags: dict[int, set[bytes]] = defaultdict(set)
    for campaign, tag in wanted:
        tags[campaign].add(tag)
    found: dict[tuple[int, bytes], tuple[Seat, ...]] = {}
    with connection.cursor() as cursor:
        for campaign, some in tags.items():
            marks = ", ".join(["%s"] * len(some))
            # Asked for every mail: Django takes longer to word it than the database to answer.
            cursor.execute(
                f'SELECT tag, seat, name_tag, manage_hash FROM "{_SIGNATURE}"'  # noqa: S608  our own names
                f" WHERE campaign_id = %s AND tag IN ({marks}) ORDER BY tag, seat",
                [campaign, *some],
            )
            for raw, number, name_tag, manage_hash in cursor.fetchall():
                key = campaign, bytes(raw)
                found[key] = (*found.get(key, ()), Seat(number, bytes(name_tag), bytes(manage_hash)))
    return found


def _campaign_of(letter: Opened) -> int:
    return letter.campaign or 0  # 0 is no campaign's number


def _tag_of_confirm(letter: Opened) -> bytes:
    return binascii.a2b_base64(letter.content["tag"])


def _tag_of_lost(letter: Opened) -> bytes:
    return bytes.fromhex(letter.content["tag"])


def _order_of_confirm(letter: Opened, campaign: Campaign, seats: tuple[Seat, ...]) -> tuple[Kind, tuple[Seat, ...]]:
    """Decide by the rule of confirming: the same name, or no seat left, has signed already."""
    name_tag = binascii.a2b_base64(letter.content["name_tag"])
    own = tuple(seat for seat in seats if seat.name_tag == name_tag)
    if own:
        return Kind.ALREADY, own
    return _order_of_seats(seats, allowed=2 if campaign.form.get("household", True) else 1, free=Kind.CONFIRM)


def _order_of_lost(letter: Opened, campaign: Campaign, seats: tuple[Seat, ...]) -> tuple[Kind, tuple[Seat, ...]]:
    del letter, campaign
    return _order_of_seats(seats, allowed=1, free=Kind.NOT_SIGNED)


def _order_of_seats(seats: tuple[Seat, ...], *, allowed: int, free: Kind) -> tuple[Kind, tuple[Seat, ...]]:
    """Return `free` while fewer seats are taken than allowed, else the mail that has a link for each."""
    if len(seats) < allowed:
        return free, ()
    return (Kind.ALREADY if len(seats) == 1 else Kind.BOTH), seats


def _fresh_tokens(orders: Sequence[_Order], now: datetime) -> dict[int, list[bytes]]:
    """Return the withdrawal tokens that go into the mails, by letter; stored before any mail is sent."""
    wanted: list[tuple[int, bytes, bytes]] = []
    for order in (order for order in orders if order.seats):
        key = cap_key(str(order.letter.content["to"])) or b""
        wanted += [(order.letter.id, seat.manage_hash, key) for seat in order.seats]
    tokens: dict[int, list[bytes]] = defaultdict(list)
    if wanted:
        fresh = make_withdrawal_tokens([(manage_hash, key) for _, manage_hash, key in wanted], now=now)
        for (letter, *_), token in zip(wanted, fresh, strict=True):
            tokens[letter].append(token)
    return tokens


def _confirm_links(order: _Order) -> dict[str, str]:
    """Return the links of a mail that asks to confirm."""
    text = str(order.letter.content["t"])
    token, base = from_text(text) or b"", settings.BASE_URL
    return {
        "confirm": f"{base}/c/{text}",
        "manage": f"{base}/m/{to_text(manage_token(token))}",
    }


def _withdrawal_links(order: _Order, tokens: Mapping[int, list[bytes]]) -> dict[str, str]:
    """Return the links of the other mails: as many to withdraw as there are seats taken, and one to sign."""
    links = [f"{settings.BASE_URL}/m/{to_text(token)}" for token in tokens.get(order.letter.id, ())]
    language = str(order.letter.content["language"])
    form = {"form": f"{settings.BASE_URL}/{language}/{order.campaign.slug}/"}
    return form | ({"withdraw": links[0], "withdraw_other": links[-1]} if links else {})
