"""What later features will carry is kept to the letter, whatever TOML can say."""

import json
import tomllib
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tocsin.campaigns.campaign_file.values import as_json, as_toml
from tocsin.campaigns.models import Campaign

_zones = st.sampled_from([None, timezone(timedelta(hours=-3, minutes=-30)), timezone(timedelta(hours=2))])
_scalars = (
    st.booleans()
    | st.integers(min_value=-(2**63), max_value=2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.dates()
    | st.datetimes(timezones=_zones).map(lambda moment: moment.replace(fold=0))  # TOML cannot say it
    | st.times().map(lambda moment: moment.replace(fold=0))
)
_keys = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10) | st.just("$toml")
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4), max_leaves=15
)


@given(st.dictionaries(_keys, _values, max_size=5))
def test_anything_comes_back_from_json(table: dict[str, Any]) -> None:
    kept = json.loads(json.dumps(as_json(table), allow_nan=False))
    assert repr(as_toml(kept)) == repr(table)


@pytest.mark.parametrize("text", ["x = nan", "x = -inf", "x = -0.0", "x = 1e300", "x = 1.0", "x = 9223372036854775807"])
def test_numbers_keep_their_kind(text: str) -> None:
    table = tomllib.loads(text)
    assert repr(as_toml(json.loads(json.dumps(as_json(table), allow_nan=False)))) == repr(table)


@pytest.mark.django_db
def test_the_database_gives_them_back() -> None:
    table = {
        "day": date(2022, 2, 5),
        "moment": datetime(2022, 2, 5, 14, 0, 0, 250, tzinfo=timezone(timedelta(hours=-5))),
        "time": time(11, 30),
        "number": 1.0,
        "big": 1e22,
        "$toml": "date",
        "nested": [{"a": [date(2022, 1, 1)]}],
    }
    campaign: Campaign = factories.CampaignFactory.create(carried=as_json(table))
    campaign.refresh_from_db()
    assert as_toml(campaign.carried) == table
    assert isinstance(as_toml(campaign.carried)["big"], float)
    assert tomllib.loads(tomli_w.dumps(as_toml(campaign.carried))) == table
