"""The vault at the desk: unlock it for a quarter of an hour, lock it, read who did."""

import re
from http import HTTPMethod, HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns import rules
from tocsin.desk.forms.acts import PassphraseForm
from tocsin.desk.guard import CampaignView, see_other
from tocsin.desk.unlocked import door_of, new_door
from tocsin.desk.views.key import WRONG
from tocsin.signing.opened.acts import acts, note
from tocsin.signing.opened.door import Door, Refusal, lock, unlock
from tocsin.signing.opened.models import Act
from tocsin.vault import domain as vault
from tocsin.vault.queries import can_open_here, holds_age_files, keyholders

# Where to go once the vault is open: a path of the same campaign's desk.
THEN: Final = "then"

REFUSALS = {
    Refusal.WRONG: WRONG,
    Refusal.TOO_OFTEN: _("Five wrong passphrases within a quarter of an hour: wait, and compare with the paper."),
    Refusal.NO_KEEPER: _(
        "This server was started in parts, so nothing here can hold an opened key. Whoever runs it starts it "
        "with “tocsin serve”."
    ),
}
ACTS = {
    Act.UNLOCKED: _("unlocked the vault"),
    Act.LOCKED: _("locked the vault"),
    Act.WRONG_PASSPHRASE: _("typed a wrong passphrase"),
    Act.LISTED: _("looked at the list"),
    Act.SEARCHED: _("searched"),
    Act.LOOKED_UP: _("looked at one signatory"),
    Act.EXPORTED: _("exported all signatories"),
    Act.WROTE: _("wrote to signatories"),
    Act.AUDITED: _("audited a sample"),
    Act.STRUCK: _("struck a signature"),
}


class VaultPage(CampaignView):
    """What the pages around the opened vault share: for owners only, and nothing of them lies anywhere."""

    may = rules.can_unlock

    @cached_property
    def door(self) -> Door:
        """Return this session's door to the campaign."""
        return door_of(self.request, self.campaign, self.user)

    def keys(self) -> list[bytes]:
        """Return the private keys while this owner has the vault open; who lost the role has lost them too."""
        return self.door.keys() if self.is_allowed() else []

    def is_open(self) -> bool:
        """Say whether this owner has the vault open."""
        return self.is_allowed() and self.door.left() > 0

    def note(self, act: Act) -> None:
        """Write down that something was done with the opened vault."""
        note(campaign=self.campaign, user=self.user, act=act, now=timezone.now())

    def shut(self) -> HttpResponse:
        """Lead to where the vault is unlocked, and from there back to the page that was asked for."""
        return see_other(self.unlock_address()) if self.request.method == HTTPMethod.GET else self.to("vault")

    def unlock_address(self) -> str:
        """Return the address that unlocks the vault and leads back to this page."""
        address = reverse("desk:vault", args=[self.campaign.slug])
        return f"{address}?{urlencode({THEN: self.request.path})}"

    def frame(self) -> dict[str, Any]:
        """Return the frame, and where a page sends whoever has to unlock first."""
        return {**super().frame(), "unlock_address": self.unlock_address()}


class VaultView(VaultPage):
    """Shows whether the vault is open and who opened it, and unlocks it."""

    place = "vault"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        return self._page(PassphraseForm(), then=self._within(request.GET.get(THEN, "")))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Unlock with a keyholder's passphrase."""
        form, then = PassphraseForm(request.POST), self._within(request.POST.get(THEN, ""))
        if form.is_valid():
            refusal = unlock(
                door=new_door(request, self.campaign, self.user),
                passphrase=form.cleaned_data["passphrase"],
                open_keys=self._keys,
                now=timezone.now(),
            )
            if refusal is None:
                self.say(_now("The vault is open for fifteen minutes, for you and in this browser only."))
                return see_other(then) if then else self.to("vault")
            form.add_error("passphrase", REFUSALS[refusal])
        return self._page(form, then=then, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _within(self, path: str) -> str:
        """Return a path of this campaign's desk as it is, and nothing for any other: a form must lead nowhere else."""
        home = reverse("desk:campaign", args=[self.campaign.slug])
        # Nothing that a browser resolves: to it "%2e%2e" is ".." too.
        return path if path.startswith(home) and re.fullmatch(r"[\w/-]*", path, re.ASCII) else ""

    def _keys(self, passphrase: str) -> list[bytes]:
        return vault.unlock_all(campaign=self.campaign.pk, slug=self.campaign.slug, passphrase=passphrase)

    def _page(self, form: PassphraseForm, *, then: str, status: int = HTTPStatus.OK) -> HttpResponse:
        lines = acts(self.campaign.pk) if self.is_allowed() else []
        holders = keyholders(self.campaign.pk)
        facts = {
            "form": form,
            "then": {"name": THEN, "value": then},
            "is_open": self.is_open(),
            "has_key": bool(holders),
            "is_on_laptop": bool(holders) and not holds_age_files(holders),
            "opens_here": can_open_here(self.campaign.pk),
            "acts": [(line, ACTS[Act(line.act)]) for line in lines],
        }
        return self.page("vault.html", facts, status=status)


class LockView(VaultPage):
    """Locks the vault at once."""

    place = "vault"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Lead to the page that has the button."""
        return self.to("vault")

    def post(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Forget the key."""
        lock(door=self.door, now=timezone.now())
        self.say(_now("The vault is locked."))
        return self.to("vault")
