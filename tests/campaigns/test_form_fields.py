"""What a form asks for, and what it cannot."""

from typing import Any

import pytest

from tocsin.campaigns.form_fields import Asked, FormFields
from tocsin.campaigns.refusals import Refusal, RefusedError


def test_a_map_and_back() -> None:
    fields = FormFields(country=Asked.OFF, place=Asked.REQUIRED, show_name=False)
    assert FormFields.from_map(fields.to_map()) == fields
    assert FormFields.from_map({}) == FormFields()
    assert fields.to_map()["country"] == "off"


@pytest.mark.parametrize(
    "given,limit",
    [
        ({"place": "perhaps"}, "off, optional, required"),
        ({"reason": "required"}, "off, optional"),
        ({"show_name": "yes"}, "true, false"),
        ({"show_name": 1}, "true, false"),
        ({"country": ["off"]}, "off, optional, required"),
        ({"age": "off"}, ", ".join(FormFields().to_map())),
    ],
)
def test_what_it_cannot_be(given: dict[str, Any], limit: str) -> None:
    with pytest.raises(RefusedError) as caught:
        FormFields.from_map(given)
    assert [(one.refusal, one.limit) for one in caught.value.refused] == [(Refusal.WRONG_CHOICE, limit)]
    assert limit in caught.value.refused[0].mend
