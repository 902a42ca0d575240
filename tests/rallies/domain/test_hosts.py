"""Who holds a rally: co-hosts, handing over, revoked and lost links. Nobody else's link opens it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from pytest_django import Settings

from tests.cast import MAYA, OTTO, PILAR, RUI, Person
from tests.factories.campaigns import CampaignFactory
from tests.factories.rallies import NOW, host, rally
from tests.rallies.domain.comers import letters
from tocsin import db
from tocsin.kit import addresses
from tocsin.outbox.mails import Mail, Opened
from tocsin.outbox.models import Letter, MailCap
from tocsin.rallies import keys
from tocsin.rallies.domain.confirm_host import Confirmed, confirm_host
from tocsin.rallies.domain.invite_cohost import MOST_A_DAY, MOST_HOSTS, Invited, hand_over, invite_cohost
from tocsin.rallies.domain.resend_host_link import resend_host_link
from tocsin.rallies.domain.revoke_host import revoke_host
from tocsin.rallies.emails import KINDS
from tocsin.rallies.emails.build import RallyMails
from tocsin.rallies.hosts import Known, person_in
from tocsin.rallies.hosts import Person as HostPerson
from tocsin.rallies.lost_links import MOST_LINKS, lost_links
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.queries.hosting import host_behind, team_of
from tocsin.rallies.states import INVITED_DAYS, HostPart, State
from tocsin.seal.tokens import from_text, to_text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def base_url(settings: Settings) -> None:
    settings.BASE_URL = "https://rally.example"


def person(of: Person) -> HostPerson:
    address = addresses.parse(of.address)
    assert address is not None
    return HostPerson(of.name, address, of.language)


def token_in(letter: Opened, name: str = "link") -> bytes:
    token = from_text(str(letter.content["values"][name]).partition("/h/")[2])
    assert token is not None
    return token


def invited(asking: Host, of: Person = MAYA) -> bytes:
    """Return the token that a person was mailed who was asked to help."""
    assert invite_cohost(host=asking.pk, person=person(of), now=NOW) is Invited.ASKED
    (letter,) = letters()
    return token_in(letter)


def handed(asking: Host, of: Person = MAYA) -> bytes:
    assert hand_over(host=asking.pk, person=person(of), now=NOW) is Invited.ASKED
    (letter,) = letters()
    return token_in(letter)


def test_a_cohost_gets_a_link_of_their_own_that_the_host_can_revoke() -> None:
    otto, otto_token = host(rally())
    token = invited(otto)
    assert confirm_host(token=token, now=NOW) is Confirmed.JOINED
    maya = host_behind(token)
    assert maya is not None
    assert (maya.part, maya.confirmed_at) == (HostPart.COHOST, NOW)
    assert revoke_host(host=otto.pk, other=maya.pk)
    assert host_behind(token) is None
    assert host_behind(otto_token) == otto


def test_the_mail_names_who_asks_and_goes_against_the_caps() -> None:
    otto, _ = host(rally())
    assert invite_cohost(host=otto.pk, person=person(MAYA), now=NOW) is Invited.ASKED
    (letter,) = letters()
    assert (letter.kind, letter.content["values"]["from_name"]) == ("rally", OTTO.name)
    assert MailCap.objects.count() == 1
    (mail,) = RallyMails(KINDS).build([letter], NOW)
    assert isinstance(mail, Mail)
    assert b"asks you to help with this rally" in mail.content


def test_nobody_is_asked_twice_nor_more_than_a_few() -> None:
    one = rally()
    otto, _ = host(one)
    invited(otto)
    assert invite_cohost(host=otto.pk, person=person(MAYA), now=NOW) is Invited.ALREADY
    assert invite_cohost(host=otto.pk, person=person(OTTO), now=NOW) is Invited.ALREADY
    for number in range(MOST_HOSTS - 2):
        invited(otto, Person(f"Friend {number}", f"friend{number}@example.org", "SE", "Malmö"))
    assert invite_cohost(host=otto.pk, person=person(RUI), now=NOW) is Invited.TOO_MANY


def test_a_cohost_asks_nobody_and_revokes_nobody_but_themselves() -> None:
    otto, _ = host(rally())
    tokens = [invited(otto, one) for one in (MAYA, PILAR)]
    for token in tokens:
        confirm_host(token=token, now=NOW)
    maya, pilar = (host_behind(token) for token in tokens)
    assert maya is not None
    assert pilar is not None
    assert invite_cohost(host=maya.pk, person=person(RUI), now=NOW) is Invited.NOT_HOST
    assert hand_over(host=maya.pk, person=person(RUI), now=NOW) is Invited.NOT_HOST
    assert not revoke_host(host=maya.pk, other=pilar.pk)
    assert not revoke_host(host=maya.pk, other=otto.pk)
    assert revoke_host(host=maya.pk, other=maya.pk)


def test_another_rallys_host_revokes_nobody_here() -> None:
    otto, _ = host(rally())
    token = invited(otto)
    quinns, _ = host(rally(campaign=CampaignFactory.create()), person=RUI)
    maya = host_behind(token)
    assert maya is not None
    assert not revoke_host(host=quinns.pk, other=maya.pk)
    assert not revoke_host(host=otto.pk, other=otto.pk)  # a rally is never nobody's


def test_handed_over_it_is_the_new_hosts_once_they_press_the_button_and_not_before() -> None:
    one = rally()
    otto, otto_token = host(one)
    token = handed(otto)
    assert team_of(one).host == otto
    assert confirm_host(token=token, now=NOW) is Confirmed.JOINED
    now_host = team_of(one).host
    assert now_host is not None
    assert now_host == host_behind(token)
    assert host_behind(otto_token) is None
    assert confirm_host(token=otto_token, now=NOW) is Confirmed.UNKNOWN


def test_of_two_who_were_asked_to_take_over_the_last_one_is_meant() -> None:
    one = rally()
    otto, _ = host(one)
    first, second = handed(otto, MAYA), handed(otto, PILAR)
    assert confirm_host(token=first, now=NOW) is Confirmed.UNKNOWN
    assert confirm_host(token=second, now=NOW) is Confirmed.JOINED
    assert Host.objects.count() == 1


def test_two_offers_at_the_same_time_leave_one() -> None:
    one = rally()
    otto, _ = host(one)
    barrier = Barrier(2)

    def offer(to: Person) -> None:
        barrier.wait()
        try:
            hand_over(host=otto.pk, person=person(to), now=NOW)
        finally:
            connections.close_all()

    for _ in range(4):
        threads = [Thread(target=offer, args=(to,)) for to in (MAYA, PILAR)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Host.objects.filter(part=HostPart.COHOST).count() == 1


def test_who_takes_over_ends_every_other_offer() -> None:
    one = rally()
    otto, _ = host(one)
    first = handed(otto, MAYA)
    Host.objects.filter(part=HostPart.COHOST).update(confirmed_at=NOW)  # so that the next one leaves it alone
    second = handed(otto, PILAR)
    Host.objects.filter(part=HostPart.COHOST).update(confirmed_at=None)
    helping = invited(otto, RUI)
    assert confirm_host(token=second, now=NOW) is Confirmed.JOINED
    assert confirm_host(token=first, now=NOW) is Confirmed.UNKNOWN
    assert confirm_host(token=helping, now=NOW) is Confirmed.JOINED
    assert team_of(one).host == host_behind(second)


@pytest.mark.parametrize("ask", [invited, handed])
def test_who_was_asked_long_ago_takes_over_nothing_and_can_be_asked_again(ask: Callable[[Host], bytes]) -> None:
    one = rally()
    otto, _ = host(one)
    token = ask(otto)
    late = NOW + timedelta(days=INVITED_DAYS, seconds=1)
    assert confirm_host(token=token, now=late) is Confirmed.EXPIRED
    assert team_of(one).host == otto
    assert lost_links(campaign=one.campaign, email=MAYA.address, now=late) == []
    assert invite_cohost(host=otto.pk, person=person(MAYA), now=late) is Invited.ASKED
    assert confirm_host(token=token, now=late) is Confirmed.UNKNOWN
    assert [row.invited_at for row in team_of(one).cohosts] == [late]


def test_who_helps_already_helps_for_as_long_as_there_is_a_rally() -> None:
    otto, _ = host(rally())
    token = invited(otto)
    confirm_host(token=token, now=NOW)
    late = NOW + timedelta(days=2 * INVITED_DAYS)
    assert confirm_host(token=token, now=late) is Confirmed.ALREADY
    assert invite_cohost(host=otto.pk, person=person(PILAR), now=late) is Invited.ASKED
    assert host_behind(token) is not None


def friend(number: int) -> Person:
    return Person(f"Friend {number}", f"friend{number}@example.org", "SE", "Malmö")


def test_a_host_asks_no_more_people_a_day_than_hold_a_rally_however_many_links_end() -> None:
    one = rally()
    otto, _ = host(one)
    for number in range(MOST_A_DAY // 2):
        handed(otto, friend(number))
        token = invited(otto, friend(100 + number))
        maya = host_behind(token)
        assert maya is not None
        assert revoke_host(host=otto.pk, other=maya.pk)
    assert invite_cohost(host=otto.pk, person=person(MAYA), now=NOW) is Invited.TODAY
    assert hand_over(host=otto.pk, person=person(MAYA), now=NOW) is Invited.TODAY
    assert letters() == []
    assert Host.objects.count() == 2  # the offer that stood stands
    one.refresh_from_db()
    assert one.invited_times == MOST_A_DAY
    quinns, _ = host(rally(), person=RUI)
    assert hand_over(host=quinns.pk, person=person(MAYA), now=NOW) is Invited.ASKED
    assert hand_over(host=otto.pk, person=person(MAYA), now=NOW + timedelta(days=1)) is Invited.ASKED


def test_a_full_team_hands_over_to_one_of_its_own_alone() -> None:
    otto, _ = host(rally())
    for number in range(MOST_HOSTS - 1):
        invited(otto, friend(number))
    Rally.objects.update(invited_times=0)
    assert hand_over(host=otto.pk, person=person(MAYA), now=NOW) is Invited.TOO_MANY
    assert hand_over(host=otto.pk, person=person(friend(0)), now=NOW) is Invited.ASKED
    assert hand_over(host=otto.pk, person=person(friend(1)), now=NOW) is Invited.ASKED


def test_a_cohost_who_is_asked_to_take_over_uses_the_new_link() -> None:
    one = rally()
    otto, _ = host(one)
    old = invited(otto)
    confirm_host(token=old, now=NOW)
    new = handed(otto)
    assert host_behind(old) is None
    confirm_host(token=new, now=NOW)
    (left,) = Host.objects.all()
    assert (left.part, left) == (HostPart.HOST, host_behind(new))


def lost(one: Rally, of: Person, language: str = "en") -> tuple[Opened, Mail]:
    Letter.objects.all().delete()
    with db.transaction():
        resend_host_link(campaign=one.campaign, address=person(of).address, language=language, now=NOW)
    (letter,) = letters()
    (mail,) = RallyMails(KINDS).build([letter], NOW)
    assert isinstance(mail, Mail)
    return letter, mail


def links_in(mail: Mail) -> list[bytes]:
    texts = mail.content.replace(b"=\r\n", b"").split(b"text/html")[0].split(b"https://rally.example/h/")[1:]
    return [token for text in texts if (token := from_text(text[:43].decode())) is not None]


def test_a_lost_link_is_mailed_again_and_stays_the_same() -> None:
    one = rally()
    otto, token = host(one)
    for _ in range(2):  # whoever types a host's address changes nothing for them
        assert links_in(lost(one, OTTO)[1]) == [token]
    assert host_behind(token) == otto


@pytest.mark.parametrize(
    "kept, typed, is_told",
    [
        ("otto@example.net", "otto+evil@example.net", False),
        ("straße@example.net", "strasse@example.net", False),
        ("otto@example.net", "OTTO@Example.NET", True),
        ("otto.brandt@gmail.com", "ottobrandt+rallies@googlemail.com", True),
    ],
)
def test_a_lost_link_goes_to_the_address_in_the_hosts_row_and_to_no_neighbour_of_it(
    kept: str, typed: str, is_told: bool
) -> None:
    one = rally()
    _, token = host(one, person=replace(OTTO, address=kept))
    _, mail = lost(one, replace(OTTO, address=typed))
    assert (mail.to, links_in(mail)) == ((kept, [token]) if is_told else (typed, []))


def test_a_cohosts_lost_link_is_theirs_and_they_still_take_over() -> None:
    one = rally()
    otto, _ = host(one)
    token = handed(otto)
    assert links_in(lost(one, MAYA)[1]) == [token]
    assert confirm_host(token=token, now=NOW) is Confirmed.JOINED
    assert team_of(one).host == host_behind(token)


@pytest.mark.parametrize("takes_over", [False, True])
def test_a_row_sealed_without_its_token_gets_a_fresh_one_once(takes_over: bool) -> None:
    one = rally()
    otto, old = host(one)
    content = {"name": OTTO.name, "email": OTTO.address, "language": "en", "takes_over": takes_over}
    Host.objects.update(sealed=keys.seal(one.pk, "host", content))
    (new,) = links_in(lost(one, OTTO)[1])
    assert (host_behind(old), host_behind(new)) == (None, otto)
    assert links_in(lost(one, OTTO)[1]) == [new]
    otto.refresh_from_db()
    assert person_in(one.pk, otto.sealed) == Known(OTTO.name, OTTO.address, "en", takes_over, to_text(new))


def test_a_host_whose_key_is_gone_still_gets_a_link() -> None:
    one = rally(state=State.ENDED)
    otto, old = host(one)
    keys.destroy(one.pk)
    (new,) = links_in(lost(one, OTTO)[1])
    assert (host_behind(old), host_behind(new)) == (None, otto)
    assert keys.kept() == []


def test_who_holds_several_gets_a_link_to_each_of_this_campaign_that_is_not_gone() -> None:
    here = CampaignFactory.create()
    kept = [rally(campaign=here), rally(campaign=here, state=State.ENDED)]
    gone = [rally(campaign=here, state=State.REFUSED), rally(campaign=CampaignFactory.create())]
    late = rally(campaign=here, state=State.ASKED, now=NOW - timedelta(days=8))
    for one in (*kept, *gone, late):
        host(one)
    _, mail = lost(kept[0], OTTO)
    found = [host_behind(token) for token in links_in(mail)]
    assert {row.rally for row in found if row is not None} == set(kept)


def test_whoever_types_a_hosts_address_for_rallies_of_their_own_hides_no_link_of_theirs() -> None:
    here = CampaignFactory.create()
    mine = rally(campaign=here)
    _, token = host(mine)
    for _ in range(MOST_LINKS):
        host(rally(campaign=here, state=State.ASKED), confirmed_at=None)
    found = lost_links(campaign=here, email=OTTO.address, now=NOW)
    assert (len(found), found[0].rally, found[0].token) == (MOST_LINKS, mine, token)
    late = lost_links(campaign=here, email=OTTO.address, now=NOW + timedelta(days=8))
    assert [one.rally for one in late] == [mine]


def test_who_holds_nothing_gets_the_same_letter_and_the_way_to_the_form() -> None:
    one = rally()
    host(one)
    mine, with_link = lost(one, OTTO)
    theirs, without = lost(one, MAYA)
    assert mine.content.keys() == theirs.content.keys()
    assert (mine.kind, mine.content["values"]) == (theirs.kind, theirs.content["values"])
    assert links_in(without) == []
    assert f"/en/{one.campaign.slug}/host/".encode() in without.content.replace(b"=\r\n", b"")
    assert len(links_in(with_link)) == 1
