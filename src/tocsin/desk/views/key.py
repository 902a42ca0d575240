"""The vault key: make it, keep its recovery sheet, prove that the passphrase opens it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns import rules
from tocsin.desk.forms import key as key_forms
from tocsin.desk.forms.acts import MakeKeyForm, PassphraseForm
from tocsin.desk.guard import CampaignView, in_first_language
from tocsin.seal.keyfile import PassphraseWrongError, unwrap
from tocsin.vault import domain, queries
from tocsin.vault.labels import shown_labels
from tocsin.vault.models import Keyholder
from tocsin.vault.passphrase import PassphraseTooShortError, six_words, tidy
from tocsin.vault.sheet import recovery_sheet

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
SHEET = "sheet"  # keeps the ids of two passphrase fields on one page apart
GUESSABLE = _("That could be guessed. Take the six words, or something much longer.")
WRONG = _("This passphrase does not open the vault. Compare it with the paper, word by word.")


class KeyPage(CampaignView):
    """What the pages around the key share."""

    place = "key"
    may = rules.can_open

    def show(self, *, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
        """Return the page for where the key stands."""
        key, following = queries.key_in_use(self.campaign.pk), queries.next_key(self.campaign.pk)
        holders = queries.keyholders(self.campaign.pk)
        facts = {
            "keyholders": self._with_forms(holders, more),
            "is_ready": queries.is_ready(self.campaign.pk),
            "key_in_use": key,
            "fingerprint": bytes(key.fingerprint).hex() if key else "",
            "holds_age_files": queries.holds_age_files(holders),
            "older_keys": [
                (bytes(one.fingerprint).hex(), _named(queries.keyholders_of(one)))
                for one in queries.retired_keys(self.campaign.pk)
            ],
            "next_key": following,
            "next_keyholders": self._with_forms(queries.keyholders_of(following), more) if following else [],
            "next_is_ready": following is not None and not queries.undrilled(following),
            **self._forms(),
            **more,
        }
        return self.page("key.html", facts, status=status)

    def _with_forms(self, keyholders: list[Keyholder], sent: Mapping[str, Any]) -> list[Keyholder]:
        """Give each keyholder forms with ids of their own, and the one that was sent to whom it was sent for."""
        today, number = timezone.now().date(), self.kwargs.get("number")
        for one, name in _named(keyholders):
            mine = sent if one.pk == number else {}
            own = f"holder{one.pk}_"
            one.name = name  # type: ignore[attr-defined]  # these six for the template alone
            one.test_row_name = test_row_name(self.campaign.slug, one)  # type: ignore[attr-defined]
            one.is_due = queries.is_drill_due(one, today)  # type: ignore[attr-defined]
            one.drill = mine.get("drill") or PassphraseForm(auto_id=f"{own}drill_%s")  # type: ignore[attr-defined]
            one.sheet = mine.get("sheet") or PassphraseForm(prefix=SHEET, auto_id=f"{own}%s")  # type: ignore[attr-defined]
            one.code = mine.get("code") or key_forms.CodeForm(auto_id=f"{own}%s")  # type: ignore[attr-defined]
        return keyholders

    def _forms(self) -> dict[str, Any]:
        """Return the page's forms, empty; each with ids of its own, since one page has them all."""
        words = {"passphrase": six_words()}
        return {
            "share": key_forms.ShareKeyForm(user=self.user, initial=words, auto_id="share_%s"),
            "remove": key_forms.RemoveKeyholderForm(user=self.user, auto_id="remove_%s"),
            "next_form": key_forms.NextKeyForm(user=self.user, initial=words, auto_id="next_%s"),
            "use": key_forms.SureForm(user=self.user, auto_id="use_%s"),
            "public": key_forms.PublicFileForm(user=self.user, auto_id="public_%s"),
        }


class KeyView(KeyPage):
    """Shows where the key stands, and makes it."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show who holds the key, or the form that makes it."""
        return self.show(form=MakeKeyForm(user=self.user, initial={"passphrase": six_words()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the key; the answer, this once, knows the passphrase and can print it."""
        form = MakeKeyForm(request.POST, user=self.user)
        if not form.is_valid():
            return self.show(form=form, status=UNPROCESSABLE)
        typed = form.cleaned_data
        try:
            domain.make_campaign_key(
                campaign=self.campaign.pk,
                slug=self.campaign.slug,
                label=typed["label"],
                passphrase=typed["passphrase"],
                now=timezone.now(),
            )
        except PassphraseTooShortError:
            form.add_error("passphrase", GUESSABLE)
            return self.show(form=form, status=UNPROCESSABLE)
        except domain.KeyExistsError:
            self.warn(_now("This campaign has a key already."))
            return self.to("key")
        return self.show(passphrase=typed["passphrase"])


class KeyholderPage(KeyPage):
    """A page about one keyholder of this campaign's key."""

    def keyholder(self) -> Keyholder:
        """Return the keyholder that the address names; another campaign's is not found."""
        number = self.kwargs["number"]
        # Of retired keys too: what was sealed to them is still opened with their age files.
        found = Keyholder.objects.filter(key__campaign=self.campaign.pk, pk=number).select_related("key").first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Lead to the page that has the form."""
        return self.to("key")

    def to_opened(self, keyholder: Keyholder) -> HttpResponse:
        """Lead back and say that the test row opened, here or on a laptop."""
        (name,) = shown_labels([keyholder])
        self.say(_now("The test row opened: %(label)s can read what is sealed.") % {"label": name})
        return self.to("key")


class DrillView(KeyholderPage):
    """Lets a keyholder show that they can open the vault."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Open the test row with the passphrase."""
        keyholder, form = self.keyholder(), PassphraseForm(request.POST)
        if form.is_valid() and not self._opens(keyholder, form.cleaned_data["passphrase"]):
            form.add_error("passphrase", WRONG)
        if form.errors:
            return self.show(drill=form, status=UNPROCESSABLE)
        return self.to_opened(keyholder)

    def _opens(self, keyholder: Keyholder, passphrase: str) -> bool:
        slug = self.campaign.slug
        return domain.drill(keyholder=keyholder, slug=slug, passphrase=passphrase, now=timezone.now())


class SheetView(KeyholderPage):
    """Prints the recovery sheet for whoever has the passphrase."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Return the sheet as a PDF, once the passphrase opened the key: a wrong one on paper is lost data."""
        keyholder, form = self.keyholder(), PassphraseForm(request.POST, prefix=SHEET)
        if form.is_valid() and not _unwraps(keyholder, form.cleaned_data["passphrase"]):
            form.add_error("passphrase", WRONG)
        if form.errors:
            return self.show(sheet=form, status=UNPROCESSABLE)
        sheet = recovery_sheet(
            title=in_first_language(self.campaign),
            slug=self.campaign.slug,
            base_url=settings.BASE_URL,
            keyholder=keyholder,
            passphrase=tidy(form.cleaned_data["passphrase"]),
            language=get_language() or settings.LANGUAGE_CODE,
        )
        return attached(sheet, "application/pdf", f"{self.campaign.slug}-recovery-sheet.pdf")


class AgeFileView(KeyholderPage):
    """Hands out the sealed half of the key, which only the passphrase opens."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Return the age file, to those who may open the vault."""
        if not self.is_allowed():
            raise Http404
        age_file = bytes(self.keyholder().age_file)
        return attached(age_file, "application/octet-stream", f"{self.campaign.slug}.age")


def test_row_name(slug: str, keyholder: Keyholder) -> str:
    """Return the file name of a keyholder's test row: two of one laptop must not mix theirs up."""
    parts = (slug, slugify(keyholder.label), str(keyholder.pk), "test-row.json")
    return "-".join(part for part in parts if part)


def _named(keyholders: Sequence[Keyholder]) -> list[tuple[Keyholder, str]]:
    """Return each with what they are called on a page that shows them together."""
    return list(zip(keyholders, shown_labels(keyholders), strict=True))


def _unwraps(keyholder: Keyholder, passphrase: str) -> bool:
    try:
        unwrap(bytes(keyholder.age_file), tidy(passphrase))
    except PassphraseWrongError:
        return False
    return True


def attached(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return a file to download."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
