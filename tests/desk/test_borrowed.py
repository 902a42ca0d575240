"""The messages of Django and allauth that we translate ourselves are theirs to the letter."""

from collections.abc import Iterator
from pathlib import Path

import allauth
import django
from babel.messages.mofile import read_mo
from django.utils.translation import gettext, ngettext, override

from tocsin.desk import borrowed

PACKAGES = [
    Path(allauth.__file__).parent / "locale",
    *((Path(django.__file__).parent / folder / "locale") for folder in ("conf", "contrib/auth")),
]


def theirs() -> Iterator[object]:
    for package in PACKAGES:
        with (package / "es" / "LC_MESSAGES" / "django.mo").open("rb") as file:
            yield from (tuple(one.id) if isinstance(one.id, list) else one.id for one in read_mo(file))


def test_they_still_say_it() -> None:
    assert {*borrowed.SENTENCES, *borrowed.COUNTED} - set(theirs()) == set()


def test_ours_is_the_translation_that_is_shown() -> None:
    with override("es"):
        assert gettext("Forgot your password?") == "¿Olvidaste tu contraseña?"
    with override("ar"):
        said = ngettext(*borrowed.COUNTED[0], 3) % {"unused_count": 3, "total_count": 10}
        assert said == "بقيت 3 رموز استرداد من أصل 10."
