"""Every door that Django opens; the lane stands in front of all of them."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", include("tocsin.desk.urls")),
    path("desk/account/", include("allauth.account.urls")),
    path("desk/account/second-factor/", include("allauth.mfa.urls")),
    *([path("mailbox/", include("tocsin.cli.demo.urls"))] if settings.DEMO else []),
    path("", include("tocsin.website.urls")),
]

handler400 = "tocsin.website.views.errors.bad_request"
handler403 = "tocsin.website.views.errors.forbidden"
handler404 = "tocsin.website.views.errors.not_found"
handler500 = "tocsin.website.views.errors.broken"
