"""Every door that Django opens; the lane stands in front of all of them."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tocsin.website.urls")),
]
