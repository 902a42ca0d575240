from datetime import datetime

import pytest
from django.utils.formats import date_format, localize
from django.utils.translation import override

EVENING = datetime(2026, 11, 22, 18, 5)  # noqa: DTZ001  as a clock on the wall shows it


@pytest.mark.parametrize(
    "language, on, at",
    [
        ("es", "22 de noviembre de 2026", "22 de noviembre de 2026 a las 18:05"),
        ("ar", "22 نوفمبر 2026", "22 نوفمبر 2026، 18:05"),
    ],
)
def test_dates_read_as_they_are_written(language: str, on: str, at: str) -> None:
    with override(language):
        assert date_format(EVENING, "DATE_FORMAT") == on
        assert date_format(EVENING, "DATETIME_FORMAT") == at


def test_a_fraction_in_arabic_has_the_point_that_goes_with_its_digits() -> None:
    with override("ar"):
        assert localize(4.5) == "4.5"
