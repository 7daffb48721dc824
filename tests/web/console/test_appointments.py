"""Are people appointed and dismissed on pages, with effect on the very next request of pages and API?"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.actions import issue_token, register_user
from hongyan.members.actions.appointing import appoint
from hongyan.members.models import ApiToken, Appointment, User
from hongyan.members.roles import Role
from hongyan.web.accounts.invitations import invited_user
from tests.members.test_caring import hire
from tests.web.console.people import browser_of, words
from tests.web.signing_in import signed_in
from tests.world import NOW, SETUP, TODAY, World, journey_at

SECRETARY = "community_secretary"


def fresh(world: World, who: str = SECRETARY) -> Client:
    """Open a browser in which this official has just proved himself again."""
    return signed_in(world.users[who], fresh=True)


def duty(world: World, who: str) -> Appointment:
    return Appointment.objects.get(user=world.users[who], revoked_at=None)


def page(world: World, name: str = "appointments", where: str = "tianshui_south") -> str:
    return reverse(name, args=[world[where].pk])


def asked(**fields: str) -> dict[str, str]:
    return {"username": "xinren", "name": "辛仁", "role": "window", "from_on": TODAY.isoformat(), **fields}


def test_the_list_says_who_holds_what_until_when(world: World) -> None:
    Appointment.objects.filter(user=world.users["caretaker"]).update(until_on=TODAY + timedelta(days=9))
    text = words(browser_of(world, SECRETARY).get(page(world)).content)
    for wanted in ("林知春", "程小满", "服务窗口工作人员", "即将到期", "未定到期日", "不能任免自己"):
        assert wanted in text
    assert "任免" in words(browser_of(world, SECRETARY).get(page(world, "organization")).content)
    assert "任免" not in words(browser_of(world, "caretaker").get(page(world, "organization")).content)


def test_somebody_new_gets_a_link_to_come_in(world: World) -> None:
    answer = fresh(world).post(page(world, "appoint"), asked())
    assert answer.status_code == 200
    link = answer.context["link"]
    user = User.objects.get(username="xinren")
    assert invited_user(link.rstrip("/").rpartition("/")[2]) == user
    assert duty_of(user).created_by == f"user:{world.users[SECRETARY].pk}"
    # Sent twice: harmless.
    again = fresh(world).post(page(world, "appoint"), asked())
    assert again.status_code == 409
    assert Appointment.objects.filter(user=user).count() == 1


def duty_of(user: User) -> Appointment:
    return Appointment.objects.get(user=user)


def test_a_known_account_is_appointed_and_works_at_once(world: World) -> None:
    user = register_user(username="known", name="甄有", by=SETUP, at=NOW)
    browser = signed_in(user)
    assert browser.get("/desk/").status_code == 404
    answer = fresh(world).post(page(world, "appoint"), asked(username="known", name=""))
    assert answer.status_code == 302
    assert browser.get("/desk/").status_code == 200


def test_dismissed_he_is_out_on_the_next_request_of_pages_and_api(world: World) -> None:
    clerk = world.users["window_clerk"]
    browser, client = signed_in(clerk), Client()
    bearer = {"Authorization": f"Bearer {issue_token(user=clerk, name='x', days=1, by=SETUP, at=NOW)}"}
    assert browser.get("/window/").status_code == 200
    assert client.get("/api/v1/desk", headers=bearer).status_code == 200
    where = reverse("dismiss", args=[duty(world, "window_clerk").pk])
    assert fresh(world).post(where).status_code == 302
    assert browser.get("/window/").status_code == 404
    assert client.get("/api/v1/desk", headers=bearer).status_code in (403, 404)
    assert fresh(world).post(where).status_code == 409


def test_a_shorter_term_counts_at_once(world: World) -> None:
    row = duty(world, "window_clerk")
    where = reverse("extend", args=[row.pk])
    sent = {"until_on": (TODAY + timedelta(days=3)).isoformat()}
    assert fresh(world).post(where, sent).status_code == 302
    row.refresh_from_db()
    assert row.until_on == TODAY + timedelta(days=3)
    past = fresh(world).post(where, {"until_on": "2020-01-01"})
    assert past.status_code == 409
    assert 'value="2020-01-01"' in past.content.decode()
    assert fresh(world).post(where, {"until_on": "明天"}).status_code == 422
    assert fresh(world).post(where, {"until_on": ""}).status_code == 302
    row.refresh_from_db()
    assert row.until_on is None


def test_before_the_last_one_goes_the_page_warns(world: World) -> None:
    browser = fresh(world, "chengguan_department")
    text = words(browser.get(reverse("dismiss", args=[duty(world, SECRETARY).pk])).content)
    assert "待办没有人能办理" in text
    text = words(fresh(world).get(reverse("dismiss", args=[duty(world, "window_clerk").pk])).content)
    assert "没有人能办理" not in text


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"username": "A b"}, 422, "小写字母"),
        ({"name": ""}, 422, "请填写姓名"),
        ({"username": "caretaker", "name": "别人"}, 422, "属于另一个人"),
        ({"role": "department"}, 422, "请从列出的职务里选择"),
        ({"from_on": "x"}, 422, "日期"),
        ({"from_on": "2020-01-01"}, 409, "不能早于今天"),
        ({"until_on": "2026-11-23", "from_on": "2026-11-30"}, 409, "早于任职日期"),
        ({"username": "community_secretary", "name": ""}, 409, "不能任免自己"),
    ],
)
def test_bad_input_is_said_and_kept(world: World, fields: dict[str, str], status: int, sentence: str) -> None:
    before = Appointment.objects.count()
    answer = fresh(world).post(page(world, "appoint"), asked(**fields))
    assert answer.status_code == status
    assert sentence in words(answer.content)
    kept = asked(**fields)["username"]
    assert f'value="{kept}"' in answer.content.decode()
    assert Appointment.objects.count() == before


@pytest.mark.parametrize(
    "who", ["street_organiser", "other_community_secretary", "observer", "caretaker", "chen"]
)
def test_for_everybody_else_the_pages_do_not_exist(world: World, who: str) -> None:
    person = world.users.get(who) or world.members[who]
    browser, row = signed_in(person, fresh=True), duty(world, "window_clerk")
    token = issue_token(user=world.users["window_clerk"], name="x", days=1, by=SETUP, at=NOW)
    assert token
    for where in (page(world), page(world, "appoint")):
        assert browser.get(where).status_code == 404
    for name in ("dismiss", "extend", "invite"):
        assert browser.post(reverse(name, args=[row.pk])).status_code == 404
    answer = browser.post(reverse("revoke_token", args=[ApiToken.objects.get().pk]))
    assert answer.status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None
    assert ApiToken.objects.get().revoked_at is None


def test_without_a_recent_proof_one_is_asked_again(world: World) -> None:
    browser, row = browser_of(world, SECRETARY), duty(world, "window_clerk")
    for name, pk in (("appoint", row.organization_id), ("dismiss", row.pk), ("extend", row.pk)):
        answer = browser.post(reverse(name, args=[pk]), asked())
        assert answer.status_code == 302
        assert "desk" not in answer["Location"]
    row.refresh_from_db()
    assert row.revoked_at is None
    assert not User.objects.filter(username="xinren").exists()


def test_a_token_is_revoked_and_worthless_at_once(world: World) -> None:
    clerk = world.users["window_clerk"]
    bearer = {"Authorization": f"Bearer {issue_token(user=clerk, name='屏', days=1, by=SETUP, at=NOW)}"}
    assert "屏" in words(browser_of(world, SECRETARY).get(page(world)).content)
    where = reverse("revoke_token", args=[ApiToken.objects.get().pk])
    assert fresh(world).get(where).status_code == 405
    assert fresh(world).post(where, {"next": page(world)})["Location"] == page(world)
    assert Client().get("/api/v1/desk", headers=bearer).status_code == 401
    assert fresh(world).post(where, {"next": "https://elsewhere.invalid/"}).status_code == 409


def test_the_invitation_can_be_shown_again_until_there_is_a_password(world: World) -> None:
    user = register_user(username="known", name="甄有", by=SETUP, at=NOW)
    where = world["tianshui_south"]
    row = appoint(user=user, role=Role.WINDOW, organization=where, by=SETUP, at=NOW, from_on=TODAY)
    assert fresh(world).post(reverse("invite", args=[row.pk])).context["link"]
    user.set_password("a long enough secret")
    user.save()
    refused = fresh(world).post(reverse("invite", args=[row.pk]))
    assert refused.status_code == 409
    assert "已经设置过密码" in words(refused.content)


def test_the_page_says_what_is_open_and_who_takes_over(world: World) -> None:
    journey_at(world, Status.HOSTED)
    second = hire(world, "second", "贺兰")
    browser, address = fresh(world), reverse("dismiss", args=[duty(world, "caretaker").pk])
    text = words(browser.get(address).content)
    for wanted in ("1 名", "由书记接手", "贺兰", "不选就由林知春接手"):
        assert wanted in text
    outsider = browser.post(address, {"successor": world.users["village_secretary"].pk})
    assert outsider.status_code == 422
    answer = browser.post(address, {"successor": second.user_id}, follow=True)
    assert "1 名党员已同时交接" in words(answer.content)
    journey = Journey.objects.get()
    assert journey.caretaker == second.user
    assert "由贺兰接手" in words(browser.get(reverse("journey", args=[journey.pk])).content)
