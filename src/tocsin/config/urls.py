"""Every door that Django opens; the lane stands in front of all of them."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/account/", include("allauth.account.urls")),
    path("desk/account/second-factor/", include("allauth.mfa.urls")),
    path("desk/", include("tocsin.desk.urls")),
    path("", include("tocsin.website.urls")),
]
