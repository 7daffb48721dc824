"""Does a form do what it is for and nothing else: more fields, foreign sites, lost duties, keys of others?"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from hongyan.journeys.models import Journey, Transition
from hongyan.members.models import Appointment
from tests.attacks.forms import FORMS, LOOKS, Form, own_models, rows
from tests.attacks.parameters import parameters
from tests.attacks.scene import HOME, HOST, Scene, methods_of, named_doors
from tests.world import NOW

ids = [form.name for form in FORMS]


@pytest.fixture(autouse=True)
def still(on_a_monday_morning: None) -> Any:
    """Stop the clock, so that two runs of one thing are alike to the second."""
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def columns() -> tuple[str, ...]:
    """List the names of all columns, as forms might bind them."""
    names = {
        name
        for model in own_models()
        for field in model._meta.concrete_fields
        for name in (field.name, field.attname)
    }
    return tuple(
        sorted(names | {"by", "at", "actor", "is_staff", "is_superuser", "role", "power", "powers", "seats"})
    )


# What some form asks for, so that sending it is no surprise.
ASKED = {
    "csrfmiddlewaretoken",
    "talk_on",
    "talk_by",
    "reached",
    "party_group",
    "caretaker",
    "expected_return_on",
    "departs_on",
    "reason",
    "employer",
    "member",
    "target",
    "host",
    "note",
    "permit",
    "address",
    "code",
    "community",
    "sheet",
    "more",
    "destination",
    "purpose",
    "verb",
    "place",
    "picked",
    "destination_text",
}


def hostile(form: Form, scene: Scene, browser: Client) -> dict[str, Any]:
    """Build a value for every column a form does not ask for."""
    asked = ASKED | {*form.fields(scene)} | set(parameters())
    others = {
        "status": "closed",
        "is_active": "0",
        "holder": scene.world["gansu"].pk,
        "home": scene.world["gansu"].pk,
    }
    return {name: others.get(name, "1") for name in columns() if name not in asked}


def sent(scene: Scene, form: Form, fields: dict[str, Any]) -> tuple[int, list[Any], int]:
    """Send a form, write all rows down, and take it back."""
    with transaction.atomic():
        browser = scene.browser(form.who)
        before = Transition.objects.count()
        said = browser.post(form.path(scene), fields)
        after = rows(exactly=False, without=LOOKS)
        made = Transition.objects.count() - before
        transaction.set_rollback(True)
    return said.status_code, after, made


def test_more_fields_change_nothing(scene: Scene) -> None:
    tried, wrong = 0, []
    for form in FORMS:
        fields = form.fields(scene)
        moves = form.moves(scene)
        plain = sent(scene, form, fields)
        extra = hostile(form, scene, scene.browser(form.who))
        tried += len(extra)
        more = sent(scene, form, {**extra, **fields})
        # A link is not sent twice in a minute, a letter is the answer itself; every other form is taken and
        # makes exactly as many moves as it is to make: nearly always one.
        expected = {"resend_link": (409, 0), "send_letter": (200, 1)}.get(form.name, (302, moves))
        assert (plain[0], plain[2]) == expected, form.name
        if (plain[0], plain[2]) != (more[0], more[2]) or plain[1] != more[1]:
            gone = [row for row in plain[1] if row not in more[1]]
            wrong.append(
                (form.name, plain[0], more[0], [row for row in more[1] if row not in plain[1]][:2], gone[:2])
            )
    print(f"mass assignment: {len(FORMS)} forms, {tried} fields nobody asked for, {len(wrong)} took effect")
    assert wrong == []


def test_a_planted_binding_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from hongyan.web.console import moving

    real = moving.MoveForm.arguments

    def careless(self: moving.MoveForm) -> dict[str, Any]:
        name = self.data.get("employer_planted") or self.data.get("is_exempt")
        if name:
            Journey.objects.filter(pk=self.journey.pk).update(employer=name)
        return real(self)

    monkeypatch.setattr(moving.MoveForm, "arguments", careless)
    # One form that binds too much is enough to be found.
    monkeypatch.setitem(globals(), "FORMS", [form for form in FORMS if form.name == "contact"])
    with pytest.raises(AssertionError, match="contact"):
        test_more_fields_change_nothing(scene)


# Doors of the providers: they read no cookie, so nobody's can be misused; without their secret they are not there.
NO_COOKIE = frozenset({"report_sms", "report_wechat"})


def writers(scene: Scene) -> list[tuple[str, str]]:
    """List every address that takes a POST, with a case that exists."""
    found = []
    for name, door in named_doors():
        if "POST" not in methods_of(door):
            continue
        place = str(door.pattern)
        found.append((name, place))
    return found


def _filled(place: str, scene: Scene) -> str:
    from hongyan.journeys.links import token_for

    awaiting = scene.refresh("awaiting")
    path = place.replace("<str:token>", token_for(awaiting)).replace("<int:pk>", str(awaiting.pk))
    return "/" + (path if "<" not in path else path.split("<")[0] + "1/")


def test_no_write_without_the_token_of_this_site(scene: Scene) -> None:
    tried, wrong = 0, []
    cookies, before = scene.browser(HOME).cookies, rows(without=LOOKS)
    for name, place in writers(scene):
        for how in ("no token", "foreign origin", "foreign referer"):
            browser = Client(enforce_csrf_checks=True)
            browser.cookies.load({name: each.value for name, each in cookies.items()})
            headers, fields = {}, {}
            if how != "no token":
                token = "a" * 32
                browser.cookies["csrftoken"] = token
                fields = {"csrfmiddlewaretoken": token}
                headers = {"Origin": "https://evil.example"}
            if how == "foreign referer":
                headers = {"Referer": "https://evil.example/", "Origin": "null"}
            said = browser.post(_filled(place, scene), fields, headers=headers)
            tried += 1
            if said.status_code != (404 if name in NO_COOKIE else 403):
                wrong.append((name, how, said.status_code))
    print(f"foreign forms: {tried} posts to {len(writers(scene))} addresses, {len(wrong)} taken")
    assert wrong == []
    assert rows(without=LOOKS) == before
    assert tried > 60


def test_a_session_counts_for_nothing_at_the_api(scene: Scene) -> None:
    before = rows(without=LOOKS)
    browser = scene.browser("province_department")
    case = scene.cases["hosted"].pk
    answers = [browser.get("/api/v1/desk"), browser.get(f"/api/v1/journeys/{case}")]
    answers.append(
        browser.post(
            f"/api/v1/journeys/{case}/contact", "{}", "application/json", headers={"Idempotency-Key": "x"}
        )
    )
    assert [each.status_code for each in answers] == [401, 401, 401]
    assert rows(without=LOOKS) == before


@pytest.mark.parametrize("how", ["revoked", "ended", "inactive"])
def test_a_duty_lost_between_page_and_button_counts_at_once(scene: Scene, how: str) -> None:
    tried, wrong = 0, []
    for form in FORMS:
        if form.who is None:
            continue
        with transaction.atomic():
            browser, fields = scene.browser(form.who), form.fields(scene)
            path = form.path(scene)
            browser.get(path)
            user = scene.world.users[form.who]
            duties = Appointment.objects.filter(user=user)
            if how == "revoked":
                duties.update(revoked_at=timezone.now(), revoked_by="system:setup")
            elif how == "ended":
                duties.update(until_on=timezone.localdate() - timedelta(days=1))
            else:
                type(user).objects.filter(pk=user.pk).update(is_active=False)
            before = rows(without=LOOKS)
            said = browser.post(path, fields)
            tried += 1
            to_door = said.status_code == 302 and "/sign-in/" in said.headers["Location"]
            if not (said.status_code == 404 or to_door) or rows(without=LOOKS) != before:
                wrong.append((form.name, said.status_code, said.headers.get("Location")))
            transaction.set_rollback(True)
    print(f"stale permissions ({how}): {tried} buttons pressed too late, {len(wrong)} still worked")
    assert wrong == []


def test_the_key_of_another_opens_nothing(scene: Scene) -> None:
    """A key is a number of one's own request: sent by somebody else it neither repeats nor shows his."""
    form = next(form for form in FORMS if form.name == "contact")
    fields = form.fields(scene)
    assert scene.browser(form.who).post(form.path(scene), fields).status_code == 302
    before = rows(without=LOOKS)
    # A stranger to the case learns nothing at all.
    said = scene.browser("next_village_secretary").post(form.path(scene), fields)
    assert said.status_code == 404
    # Somebody else with a say in it is refused, and so is the key on another case.
    other = scene.browser(HOST).post(
        form.path(scene), {**fields, "expect": str(scene.refresh("hosted").version)}
    )
    elsewhere = scene.browser(HOST).post(f"/journeys/{scene.cases['relocating'].pk}/contact/", fields)
    assert other.status_code in (302, 409)
    assert elsewhere.status_code in (404, 409)
    assert rows(without=LOOKS) == before


def test_a_move_sent_twice_is_made_once(scene: Scene) -> None:
    again = 0
    for form in FORMS:
        with transaction.atomic():
            fields, path = form.fields(scene), form.path(scene)
            scene.browser(form.who).post(path, fields)
            before = rows(without=LOOKS)
            for _ in range(2):
                scene.browser(form.who).post(path, fields)
                again += 1
            assert rows(without=LOOKS) == before, form.name
            transaction.set_rollback(True)
    print(f"replay: {again} requests sent again, 0 carried out twice")
