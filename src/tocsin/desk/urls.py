"""The addresses of the desk, all below /desk/; allauth's pages are below /desk/account/."""

from django.urls import URLPattern, path

from tocsin.desk.views import (
    account,
    appeal,
    export,
    held,
    home,
    invitation,
    key,
    mail,
    moderation,
    opening,
    overview,
    people,
    picture,
    privacy,
    settings,
    strikes,
    team,
    undo,
)

app_name = "desk"

_CAMPAIGN = "campaign/<slug:slug>/"

urlpatterns: list[URLPattern] = [
    path("", home.HomeView.as_view(), name="home"),
    path("account/", account.AccountView.as_view(), name="account"),
    # Before allauth's own: an address that nobody proved must not become somebody's name on a team.
    path("account/email/", account.EmailView.as_view(), name="email"),
    path("accounts/", people.PeopleView.as_view(), name="people"),
    path("accounts/<int:number>/switch/", people.SwitchView.as_view(), name="switch"),
    path("invitation/<str:token>/", invitation.InvitationView.as_view(), name="invitation"),
    path("language/", account.language, name="language"),
    path("new/", home.CreateView.as_view(), name="create"),
    path(_CAMPAIGN, overview.OverviewView.as_view(), name="campaign"),
    path(f"{_CAMPAIGN}settings/", settings.SettingsView.as_view(), name="settings"),
    path(f"{_CAMPAIGN}undo/", undo.UndoView.as_view(), name="undo"),
    path(f"{_CAMPAIGN}picture/", picture.PictureView.as_view(), name="picture"),
    path(f"{_CAMPAIGN}organisations/", settings.OrganisationsView.as_view(), name="organisations"),
    path(f"{_CAMPAIGN}appeal/", appeal.AppealView.as_view(), name="appeal"),
    path(f"{_CAMPAIGN}appeal/preview/", appeal.AppealPublishView.as_view(), name="appeal-preview"),
    path(f"{_CAMPAIGN}appeal/<int:number>/", appeal.AppealVersionView.as_view(), name="appeal-version"),
    path(f"{_CAMPAIGN}privacy/", privacy.PrivacyView.as_view(), name="privacy"),
    path(f"{_CAMPAIGN}privacy/preview/", privacy.PrivacyPublishView.as_view(), name="privacy-preview"),
    path(f"{_CAMPAIGN}key/", key.KeyView.as_view(), name="key"),
    path(f"{_CAMPAIGN}key/<int:number>/drill/", key.DrillView.as_view(), name="drill"),
    path(f"{_CAMPAIGN}key/<int:number>/sheet/", key.SheetView.as_view(), name="sheet"),
    path(f"{_CAMPAIGN}key/<int:number>/age/", key.AgeFileView.as_view(), name="age-file"),
    path(f"{_CAMPAIGN}open/", opening.OpeningView.as_view(), name="opening"),
    path(f"{_CAMPAIGN}close/", opening.CloseView.as_view(), name="close"),
    path(f"{_CAMPAIGN}held/", held.HeldView.as_view(), name="held"),
    path(f"{_CAMPAIGN}strikes/", strikes.StrikesView.as_view(), name="strikes"),
    path(f"{_CAMPAIGN}strikes/<int:number>/", strikes.ProposalView.as_view(), name="proposal"),
    path(f"{_CAMPAIGN}reasons/", moderation.ReasonsView.as_view(), name="reasons"),
    path(f"{_CAMPAIGN}reported/", moderation.ReportedView.as_view(), name="reported"),
    path(f"{_CAMPAIGN}mail/", mail.MailView.as_view(), name="mail"),
    path(f"{_CAMPAIGN}team/", team.TeamView.as_view(), name="team"),
    path(f"{_CAMPAIGN}team/<int:number>/part/", team.PartView.as_view(), name="part"),
    path(f"{_CAMPAIGN}team/<int:number>/leave/", team.LeaveView.as_view(), name="leave"),
    path(f"{_CAMPAIGN}team/back/", team.BackView.as_view(), name="back"),
    path(f"{_CAMPAIGN}team/invited/<int:number>/", team.InvitedView.as_view(), name="invited"),
    path(f"{_CAMPAIGN}export/", export.ExportView.as_view(), name="export"),
    path(f"{_CAMPAIGN}export/file/", export.ExportFileView.as_view(), name="export-file"),
]
