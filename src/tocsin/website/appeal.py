"""The words of a campaign as HTML, and what the shortcodes in them stand for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from django.template.loader import render_to_string
from django.utils.html import escape

from tocsin.campaigns import queries
from tocsin.campaigns.goals import current_goal
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.rendering import render as render_markdown
from tocsin.campaigns.shortcodes import Name, Shortcode
from tocsin.kit.numbers import shown
from tocsin.tally.queries import count_of, counts
from tocsin.website.form import sign_form
from tocsin.website.lines import lines_of
from tocsin.website.poster import Poster, poster_of
from tocsin.website.slots import slot_mark

_ROWS = 50
_MOST_ROWS = 120


def appeal_html(poster: Poster, source: str, *, is_live: bool) -> str:
    """Return the Markdown of an appeal as safe HTML.

    `is_live` is for pages that the lane keeps: forms and lists stand in them, and this
    campaign's number is a slot. Elsewhere the words stand alone, numbers as they are now.
    """
    return render_markdown(source, Expander(poster, is_live=is_live))


@dataclass(slots=True)
class Expander:
    """Turns the shortcodes of one text into HTML; every value passes through a template that escapes it."""

    poster: Poster
    is_live: bool
    _numbers: "count[int]" = field(default_factory=lambda: count(2))

    def __call__(self, shortcode: Shortcode) -> str:
        """Return the HTML that `shortcode` stands for."""
        meant = queries.meant_by(shortcode.identifier, self.poster.campaign)
        return _EXPAND[shortcode.name](self, shortcode, meant)

    def form(self, shortcode: Shortcode, meant: Campaign) -> str:
        """Return a form to sign `meant`; another campaign's comes with its text."""
        poster = self._poster_of(meant)
        if not self.is_live or not poster.can_be_signed:
            return ""
        is_other = meant.pk != self.poster.campaign.pk
        return self._template(
            "petition",
            form=sign_form(poster, prefix=f"form-{next(self._numbers)}-"),
            other=poster if is_other else None,
            html=appeal_html(poster, poster.text.source, is_live=False) if is_other and poster.text else "",
            classes=" ".join(f"petition--{name}" for name in shortcode.classes),
        )

    def names(self, shortcode: Shortcode, meant: Campaign) -> str:
        """Return the newest lines of `meant`'s public list."""
        if not self.is_live:
            return ""
        rows = shortcode.number("rows", low=1, high=_MOST_ROWS, usual=_ROWS)
        lines = lines_of(meant.pk, self.poster.language, limit=rows)
        return self._template("signature_list", lines=lines, meant=self._poster_of(meant))

    def number(self, _shortcode: Shortcode, meant: Campaign) -> str:
        """Return the number of signatures of `meant`; this campaign's stays live."""
        if self.is_live and meant.pk == self.poster.campaign.pk:
            return slot_mark("count")
        return shown(count_of(meant.pk).number, self.poster.language)

    def goal(self, _shortcode: Shortcode, meant: Campaign) -> str:
        """Return the goal that `meant` is on the way to."""
        if self.is_live and meant.pk == self.poster.campaign.pk:
            return slot_mark("goal")
        return shown(current_goal(meant.goals, count_of(meant.pk).number), self.poster.language)

    def title(self, _shortcode: Shortcode, meant: Campaign) -> str:
        """Return the title of `meant`."""
        return escape(queries.in_language(meant.title, self.poster.language, meant))

    def message(self, _shortcode: Shortcode, meant: Campaign) -> str:
        """Return the appeal of `meant`; a text that names itself shows itself once only."""
        poster = self._poster_of(meant)
        if poster.text is None or meant.pk == self.poster.campaign.pk:
            return ""
        return appeal_html(poster, poster.text.source, is_live=False)

    def total(self, _shortcode: Shortcode, _meant: Campaign) -> str:
        """Return the number of signatures of all public campaigns together."""
        public = {campaign.pk for campaign in queries.public_campaigns()}
        return shown(sum(at.number for number, at in counts().items() if number in public), self.poster.language)

    def _poster_of(self, meant: Campaign) -> Poster:
        if meant.pk == self.poster.campaign.pk:
            return self.poster
        language = self.poster.language if self.poster.language in meant.languages else meant.languages[0]
        return replace(poster_of(meant, language, now=self.poster.now), preview_path=self.poster.preview_path)

    def _template(self, name: str, **context: object) -> str:
        return render_to_string(
            f"website/{name}.html", {"poster": self.poster, "language": self.poster.language, **context}
        )


_EXPAND: Mapping[Name, Callable[[Expander, Shortcode, Campaign], str]] = {
    Name.FORM: Expander.form,
    Name.LIST: Expander.names,
    Name.COUNT: Expander.number,
    Name.GOAL: Expander.goal,
    Name.TITLE: Expander.title,
    Name.MESSAGE: Expander.message,
    Name.TOTAL: Expander.total,
}
