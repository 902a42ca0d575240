"""What the appeal's pages and the privacy text's share: write a draft, read it as it will be, publish it."""

from abc import abstractmethod
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tocsin.campaigns.refusals import RefusedError
from tocsin.campaigns.rules import can_publish
from tocsin.desk.forms.texts import TextsForm
from tocsin.desk.guard import CampaignView
from tocsin.desk.previews import Changes, Preview


class WriteView(CampaignView):
    """Writes a draft; two who write at once both see what the other wrote."""

    template: str

    @abstractmethod
    def form(self, **given: Any) -> TextsForm:
        """Return the form, filled in with the draft, or with what was published where there is none."""

    @abstractmethod
    def stored(self) -> tuple[str, list[Preview]]:
        """Return the fingerprint of what is stored now, and how it reads."""

    @abstractmethod
    def store(self, form: TextsForm) -> None:
        """Make the draft say what was typed; raises RefusedError."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """Return the draft and the published versions."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the draft."""
        return self._page(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store the draft, unless somebody else stored another meanwhile."""
        form = self.form(data=request.POST.copy())
        if not form.is_valid():
            return self._page(form)
        fingerprint, theirs = self.stored()
        if form.cleaned_data["began_with"] not in {"", fingerprint}:
            form.add_error(
                None, _("Somebody else saved this draft while you were writing. Theirs stands below the form.")
            )
            form.data["began_with"] = fingerprint  # type: ignore[index]  # a copy; sent once more, it has seen theirs
            return self._page(form, theirs=theirs)
        try:
            self.store(form)
        except RefusedError as error:
            form.refuse(error.refused)
            return self._page(form)
        if "preview" in request.POST:
            return self.to(f"{self.place}-preview")
        self.say(_("The draft is saved. Nobody but the team sees it."))
        return self.to(self.place)

    def _page(self, form: TextsForm, **more: Any) -> HttpResponse:
        facts = {"form": form, "may_publish": can_publish(self.user, self.campaign), **self.facts(), **more}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return self.page(self.template, facts, status=status)


class PublishView(CampaignView):
    """Shows a draft as visitors will read it and what it changes; publishes what was read."""

    may = can_publish

    @abstractmethod
    def draft(self) -> Any:
        """Return the draft, or None."""

    @abstractmethod
    def fingerprint(self, draft: Any) -> str:
        """Return a short name for what the draft says."""

    @abstractmethod
    def previews(self, draft: Any) -> list[Preview]:
        """Return how the draft reads."""

    @abstractmethod
    def changes(self, draft: Any) -> list[Changes]:
        """Return what the draft changes."""

    @abstractmethod
    def publish(self) -> str:
        """Publish the draft and return what to say; raises RefusedError."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  Django's signature
        """Show the draft."""
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Publish the draft that was read, or say that it is another by now."""
        draft = self.draft()
        if draft is not None and request.POST.get("read") != self.fingerprint(draft):
            return self._page(_("The draft was changed since you opened this page: read it again."))
        try:
            said = self.publish()
        except RefusedError as error:
            return self._page(" ".join(one.mend for one in error.refused))
        self.say(said)
        return self.to(self.place)

    def _page(self, refused: str = "") -> HttpResponse:
        draft = self.draft()
        if draft is None:
            if refused:
                self.warn(refused)
            return self.to(self.place)
        facts = {
            "number": draft.number,
            "read": self.fingerprint(draft),
            "previews": self.previews(draft),
            "changes": self.changes(draft),
            "refused": refused,
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
        return self.page("preview.html", facts, status=status)
