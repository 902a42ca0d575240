"""Whether the words of an appeal or a privacy text can stand, and in which spelling they are kept."""

from collections.abc import Collection, Iterator, Mapping

from tocsin.campaigns.checks import has_control, plain, text_refusals
from tocsin.campaigns.refusals import Refusal, Refused

Words = Mapping[str, tuple[str, str]]  # {language: (title, Markdown source)}
MAX_TITLE = 300
MAX_TEXT_BYTES = 60_000  # what is hashed is framed by a uint16 length: 65,535 is the end


def settled_appeal(texts: Words) -> dict[str, tuple[str, str]]:
    """Return an appeal in the spelling that is hashed; a source keeps its spaces, a title's ends go."""
    return {code: (plain(title).strip(), plain(source)) for code, (title, source) in texts.items()}


def whole(title: str, source: str) -> str:
    """Return what is signed and hashed: title, an empty line, Markdown source."""
    return f"{title}\n\n{source}"


def appeal_refusals(texts: Words, languages: Collection[str]) -> Iterator[Refused]:
    """Yield what is wrong with a settled appeal of a campaign in `languages`."""
    for code, (title, source) in texts.items():
        field = f"appeal.{code}"
        if code not in languages:
            yield Refused(field, Refusal.LANGUAGE_UNLISTED)
        if not title:
            yield Refused(f"{field}.title", Refusal.EMPTY)
        yield from text_refusals(f"{field}.title", title, limit=MAX_TITLE, one_line=True)
        if not source.strip():
            yield Refused(f"{field}.text", Refusal.EMPTY)
        if has_control(source):
            yield Refused(f"{field}.text", Refusal.CONTROL_CHARACTER)
        if len(whole(title, source).encode()) > MAX_TEXT_BYTES:
            yield Refused(f"{field}.text", Refusal.TOO_LONG, _bytes(MAX_TEXT_BYTES))


def settled_privacy(source: Mapping[str, str]) -> dict[str, str]:
    """Return a privacy text in the spelling that is kept; languages left empty are left out."""
    return {code: kept for code, text in source.items() if (kept := plain(text)).strip()}


def privacy_refusals(source: Mapping[str, str], languages: Collection[str]) -> Iterator[Refused]:
    """Yield what is wrong with a settled privacy text; English may stand in for any language."""
    for code, text in source.items():
        field = f"privacy.{code}.text"
        if code not in languages and code != "en":
            yield Refused(field, Refusal.LANGUAGE_UNLISTED)
        if has_control(text):
            yield Refused(field, Refusal.CONTROL_CHARACTER)
        if len(text.encode()) > MAX_TEXT_BYTES:
            yield Refused(field, Refusal.TOO_LONG, _bytes(MAX_TEXT_BYTES))


def _bytes(limit: int) -> str:
    return f"{limit:,} bytes"
