"""The addresses of the desk, all below /desk/; allauth's pages are below /desk/account/."""

from django.urls import path

from tocsin.desk.views import account, home

app_name = "desk"
urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("account/", account.AccountView.as_view(), name="account"),
    path("language/", account.language, name="language"),
]
