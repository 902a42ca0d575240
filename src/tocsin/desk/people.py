"""Give people accounts, and take them away: what whoever runs the server does at the desk."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.utils import translation

from tocsin import db
from tocsin.campaigns.models import User
from tocsin.desk.accounts import password_link


def invite(*, email: str, language: str) -> str:
    """Make an account without a password, and mail the link under which one is chosen; return that link too.

    Mail may not be set up yet when the first organiser comes: then the link is handed over by hand.
    """
    with db.transaction():
        user = User.objects.create_user(email)
    return send_password_link(user=user, language=language)


def send_password_link(*, user: User, language: str) -> str:
    """Mail a link that works once, and return it."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    link = password_link(key)
    with translation.override(language):
        get_adapter().send_mail("desk/mails/invitation", user.email, {"link": link})
    return link


def switch_off(*, user: User) -> bool:
    """Let an account in no more, from its next request on; False when it was off already."""
    return User.objects.filter(pk=user.pk, is_active=True).update(is_active=False) > 0


def switch_on(*, user: User) -> bool:
    """Let an account in again."""
    return User.objects.filter(pk=user.pk, is_active=False).update(is_active=True) > 0
