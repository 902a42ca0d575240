"""What owners do with a key that is there: share it, take it from somebody, exchange it, bring one from a laptop."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tocsin.campaigns.domain import exchange_key
from tocsin.desk.forms import key as key_forms
from tocsin.desk.views.key import GUESSABLE, UNPROCESSABLE, WRONG, KeyholderPage, KeyPage, attached, test_row_name
from tocsin.vault import domain
from tocsin.vault.laptop import write_test_row
from tocsin.vault.passphrase import PassphraseTooShortError

REMOVED = {
    domain.Removed.FILES: _(
        "The files of %(label)s are gone from this server. A copy still opens what was signed until now: "
        "exchange the key, so that it opens nothing new."
    ),
    domain.Removed.NAME: _(
        "%(label)s is no longer named as a keyholder. Their age file never lay here; on their laptop it still opens "
        "what was signed until now: exchange the key, so that it opens nothing new."
    ),
}


class _Act(KeyPage):
    """One form of the key page; its address alone leads there."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Lead to the page that has the form."""
        return self.to("key")


class ShareKeyView(_Act):
    """Lets one more person hold the key."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Wrap the key for them; the answer, this once, knows the passphrase."""
        form = key_forms.ShareKeyForm(request.POST, user=self.user)
        if form.is_valid():
            typed = form.cleaned_data
            try:
                domain.add_keyholder(
                    campaign=self.campaign.pk,
                    slug=self.campaign.slug,
                    label=typed["label"],
                    passphrase=typed["holder_passphrase"],
                    new_passphrase=typed["passphrase"],
                )
            except PassphraseTooShortError:
                form.add_error("passphrase", GUESSABLE)
            except domain.PassphraseWrongError:
                form.add_error("holder_passphrase", WRONG)
            except domain.KeyholderExistsError:
                form.add_error("label", _now("Somebody of this name holds the key already."))
            else:
                self.say(_now("%(label)s holds the key too. Let them open the test row now.") % typed)
                return self.to("key")
        return self.show(share=form, status=UNPROCESSABLE)


class RemoveKeyholderView(_Act):
    """Takes a keyholder's files off the server."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it, and say why the key should be exchanged then."""
        form = key_forms.RemoveKeyholderForm(request.POST, user=self.user)
        if not form.is_valid():
            return self.show(remove=form, status=UNPROCESSABLE)
        label = form.cleaned_data["label"]
        try:
            removed = domain.remove_keyholder(campaign=self.campaign.pk, label=label)
        except domain.LastKeyholderError:
            self.warn(_now("Nobody else has opened a test row: let another keyholder do that first."))
            return self.to("key")
        if removed is not None:
            self.say(str(REMOVED[removed]) % {"label": label})
            return self.to("key")
        form.add_error("label", _now("No keyholder is called so: type the name as it stands above."))
        return self.show(remove=form, status=UNPROCESSABLE)


class NextKeyView(_Act):
    """Makes the key that shall follow the one in use."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it; it waits until its keyholders have opened a test row."""
        form = key_forms.NextKeyForm(request.POST, user=self.user)
        if form.is_valid():
            typed = form.cleaned_data
            try:
                domain.make_next_key(
                    campaign=self.campaign.pk,
                    slug=self.campaign.slug,
                    label=typed["label"],
                    passphrase=typed["passphrase"],
                    old_passphrase=typed["old_passphrase"],
                    now=timezone.now(),
                )
            except PassphraseTooShortError:
                form.add_error("passphrase", GUESSABLE)
            except domain.PassphraseWrongError:
                form.add_error("old_passphrase", WRONG)
            except domain.NextKeyExistsError:
                self.warn(_now("A next key waits already."))
                return self.to("key")
            else:
                return self.show(next_passphrase=typed["passphrase"])
        return self.show(next_form=form, status=UNPROCESSABLE)


class UseKeyView(_Act):
    """Puts the next key in the place of the one in use."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Exchange them; the log says so."""
        form = key_forms.SureForm(request.POST, user=self.user)
        if not form.is_valid():
            return self.show(use=form, status=UNPROCESSABLE)
        try:
            exchange_key(campaign=self.campaign, now=timezone.now())
        except domain.NotDrilledError:
            self.warn(_now("Each keyholder of the next key has to open a test row first."))
        except domain.NextKeyMissingError:
            self.warn(_now("No next key waits."))
        else:
            self.say(_now("The key is exchanged. What was sealed before still needs the old key: keep its papers."))
        return self.to("key")


class DropKeyView(_Act):
    """Throws a waiting key away."""

    def post(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Do it: nothing was ever sealed to it."""
        if domain.drop_next_key(campaign=self.campaign.pk):
            self.say(_now("The next key is gone; nothing was ever sealed to it."))
        return self.to("key")


class ImportKeyView(_Act):
    """Takes in the public half of a key that was made on a laptop."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store it: as the campaign's first key, or to wait."""
        form = key_forms.PublicFileForm(request.POST, request.FILES, user=self.user)
        if form.is_valid():
            try:
                domain.import_key(
                    campaign=self.campaign.pk,
                    slug=self.campaign.slug,
                    key=form.cleaned_data["public"],
                    now=timezone.now(),
                )
            except domain.BadPublicFileError:
                form.add_error("public", _now("This is another campaign's key."))
            except domain.NextKeyExistsError:
                form.add_error("public", _now("A next key waits already."))
            else:
                self.say(_now("The public half is here. Now each keyholder opens a test row on their laptop."))
                return self.to("key")
        return self.show(public=form, status=UNPROCESSABLE)


class TestRowView(KeyholderPage):
    """Hands out a test row, for a keyholder to open on their laptop."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Return the file, to those who may open the vault."""
        if not self.is_allowed():
            raise Http404
        keyholder = self.keyholder()
        content = write_test_row(bytes(keyholder.drill_row), bytes(keyholder.drill_epoch))
        return attached(content, "application/json", test_row_name(self.campaign.slug, keyholder))


class ProvedView(KeyholderPage):
    """Takes the code that opening a test row on a laptop gave."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Note the day when the code is the test row's."""
        keyholder, form = self.keyholder(), key_forms.CodeForm(request.POST)
        if form.is_valid() and not domain.prove_drill(
            keyholder=keyholder, code=form.cleaned_data["code"], now=timezone.now()
        ):
            form.add_error("code", _now("This is not the code of this keyholder's test row."))
        if form.errors:
            return self.show(code=form, status=UNPROCESSABLE)
        return self.to_opened(keyholder)
