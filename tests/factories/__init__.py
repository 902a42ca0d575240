"""Rows for tests, with facts that a person would find plausible; one file a room."""

from tests.factories.campaigns import (
    AppealTextFactory,
    AppealVersionFactory,
    CampaignFactory,
    MemberFactory,
    OrganisationFactory,
    PrivacyVersionFactory,
    UserFactory,
    published_appeal,
)

__all__ = [
    "AppealTextFactory",
    "AppealVersionFactory",
    "CampaignFactory",
    "MemberFactory",
    "OrganisationFactory",
    "PrivacyVersionFactory",
    "UserFactory",
    "published_appeal",
]
