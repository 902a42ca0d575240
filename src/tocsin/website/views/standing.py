"""The question behind a host's mail: does the series go on? Opening the page changes nothing."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt

from tocsin.rallies.domain.still_standing import language_asked_in, rally_asked_about, say_over, say_standing
from tocsin.rallies.models import Rally
from tocsin.rallies.queries.standing import is_answered
from tocsin.rallies.standing_links import Question, question_in
from tocsin.rallies.wording import place_in, title_in
from tocsin.website.clock import clock
from tocsin.website.poster import poster_of
from tocsin.website.slots import render

ON, OVER = "on", "over"


@csrf_exempt  # no cookie says who presses the button: the address does
def standing(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET; take the answer on POST, and lead back here, where the page says how things stand now."""
    question = question_in(token)
    if question is not None and request.method == "POST":
        answer = request.POST.get("answer")
        if answer == ON:
            say_standing(question=question, now=clock())
        elif answer == OVER:
            say_over(question=question, now=clock())
        response = HttpResponseRedirect(request.path)
        response.status_code = HTTPStatus.SEE_OTHER
        return response
    rally = rally_asked_about(question) if question else None
    if question is None or rally is None:
        void = render("website/standing_void.html", {"language": "en"}, language="en")
        return HttpResponse(void, status=HTTPStatus.GONE)
    return _page(rally, question)


def _page(rally: Rally, question: Question) -> HttpResponse:
    campaign = rally.campaign
    spoken = language_asked_in(question, rally)
    language = spoken if spoken in campaign.languages else campaign.languages[0]
    context = {
        "poster": poster_of(campaign, language, now=clock()),
        "language": language,
        "title": title_in(rally, language, campaign),
        "place": place_in(rally, None, language),
        "rally_path": f"/{language}/{campaign.slug}/rallies/{rally.slug}/",
        "is_answered": is_answered(rally),
    }
    response = HttpResponse(render("website/standing.html", context, language=language))
    response["Content-Language"] = language
    return response
