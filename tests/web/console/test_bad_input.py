"""Does no input, however odd, end in anything but a page that says what to do?"""

import pytest
from django.urls import reverse

from hongyan.journeys.states import Status
from tests.web.console.people import asked, browser_of
from tests.world import World, journey_at

ODD = ["\x00", "²", "9" * 40, "-1", "<script>", "\ud7ff", "' or 1=1", "%s%s", "陈\x00望川", "\t\n"]


@pytest.mark.parametrize("odd", ODD)
def test_odd_words_are_answered(world: World, odd: str) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    browser = browser_of(world, "community_secretary")
    pages = [reverse(name, args=[journey.pk]) for name in ("targets", "redirect", "accept", "journey")]
    for page in [
        "/desk/",
        "/mark/",
        "/mark/many/",
        "/mark/places/",
        "/organizations/",
        "/organizations/search/",
        *pages,
    ]:
        fields = dict.fromkeys(("q", "page", "target", "move", "member", "destination_text", "province"), odd)
        assert browser.get(page, fields).status_code == 200, page
    sent = dict.fromkeys(
        ("target", "note", "caretaker", "party_group", "permit", "place", "code", "address"), odd
    )
    for name in ("redirect", "accept", "relocate", "send_back", "register_outside"):
        answer = browser.post(reverse(name, args=[journey.pk]), asked(journey, **sent))
        assert answer.status_code in (200, 302, 409, 422), name
    whole = dict.fromkeys(
        ("key", "member", "departs_on", "reason", "destination_text", "employer", "sheet"), odd
    )
    for page in ("/mark/", "/mark/many/", "/mark/paste/", "/window/", "/desk/read/"):
        fields = whole | {"step": "mark", "number": odd, "name": odd, "notice": odd}
        assert browser.post(page, fields).status_code in (200, 302, 422), page
    text = f"姓名\t手机号码\t外出时间\t去向\t工作单位\n{odd}\t{odd}\t{odd}\t{odd}\t{odd}"
    assert browser.post("/mark/paste/", {"key": "0" * 32, "sheet": text, "step": "mark"}).status_code == 422
