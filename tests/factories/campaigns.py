"""Campaigns, their texts and their teams."""

from datetime import UTC, datetime

import factory

from tocsin.campaigns.models import (
    AppealText,
    AppealVersion,
    Campaign,
    Member,
    Organisation,
    PrivacyVersion,
    User,
)
from tocsin.campaigns.states import Role
from tocsin.seal.commitment import text_hash

PASSWORD = "a long sentence nobody guesses"  # every account of the cast has it
PUBLISHED_AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class UserFactory(factory.django.DjangoModelFactory[User]):
    """An account at the desk."""

    email = factory.Sequence(lambda number: f"organiser{number}@example.org")
    password = factory.django.Password(PASSWORD)

    class Meta:
        model = User


class CampaignFactory(factory.django.DjangoModelFactory[Campaign]):
    """A draft in English, Spanish and Arabic."""

    slug = factory.Sequence(lambda number: f"campaign-{number}")
    languages = factory.LazyFunction(lambda: ["en", "es", "ar"])
    title = factory.LazyFunction(
        lambda: {
            "en": "Bring back the night trains",
            "es": "Que vuelvan los trenes nocturnos",
            "ar": "أعيدوا القطارات الليلية",
        }
    )
    goals = factory.LazyFunction(lambda: [100, 1000, 10000])
    contact = "office@night-trains.example"
    timezone = "Europe/Berlin"

    class Meta:
        model = Campaign


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    """Who is behind a campaign."""

    campaign = factory.SubFactory(CampaignFactory)
    name = factory.Sequence(lambda number: f"Rail Passengers' Union {number}")
    role = "organiser"

    class Meta:
        model = Organisation


class MemberFactory(factory.django.DjangoModelFactory[Member]):
    """Somebody on a team."""

    campaign = factory.SubFactory(CampaignFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.EDITOR

    class Meta:
        model = Member


class AppealVersionFactory(factory.django.DjangoModelFactory[AppealVersion]):
    """A version of an appeal, a draft unless `published_at` is given."""

    campaign = factory.SubFactory(CampaignFactory)
    number = 1

    class Meta:
        model = AppealVersion


class AppealTextFactory(factory.django.DjangoModelFactory[AppealText]):
    """The words of a version in one language; frozen as soon as the version is published."""

    version = factory.SubFactory(AppealVersionFactory)
    language = "en"
    title = "Bring back the night trains"
    source = "We ask for a sleeper train between every two capitals that lie a night apart."
    text_hash = factory.LazyAttribute(lambda text: text_hash(f"{text.title}\n\n{text.source}"))

    class Meta:
        model = AppealText


class PrivacyVersionFactory(factory.django.DjangoModelFactory[PrivacyVersion]):
    """A version of the privacy text, published."""

    campaign = factory.SubFactory(CampaignFactory)
    number = 1
    source = factory.LazyFunction(lambda: {"en": "What you type is sealed at once."})
    published_at = PUBLISHED_AT

    class Meta:
        model = PrivacyVersion


def published_appeal(
    campaign: Campaign, *, number: int = 1, published_at: datetime = PUBLISHED_AT, **texts: tuple[str, str]
) -> AppealVersion:
    """Store a published version with `texts`, {language: (title, source)}; without any, an English one.

    The database takes no more words once a version is published, so the order matters.
    """
    version: AppealVersion = AppealVersionFactory.create(campaign=campaign, number=number)
    for language, (title, source) in texts.items():
        AppealTextFactory.create(version=version, language=language, title=title, source=source)
    if not texts:
        AppealTextFactory.create(version=version)
    AppealVersion.objects.filter(pk=version.pk).update(published_at=published_at)
    version.refresh_from_db()
    return version
