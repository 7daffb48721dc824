"""Does a poster lead an employee to his branch by his own word, and tell his company nothing?"""

import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from hongyan.finding.models import Company, Finding, Referral
from hongyan.finding.posters import poster_path, referral_path
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.sealing import phone_of
from hongyan.notifications.models import Notice
from tests.web.signing_in import signed_in
from tests.world import NOW, World, journey_at

PUBLIC_KILOBYTES = 60


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company(world: World) -> Company:
    park = signed_in(world.users["park_secretary"])
    answer = park.post("/found/companies/add/", {"name": "金果食品有限公司", "place": "甘肃省平凉市静宁县"})
    assert answer.status_code == 302
    return Company.objects.get()


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def forward(company: Company, name: str, phone: str, client: Client | None = None) -> Any:
    return (client or Client()).post(poster_path(company), {"name": name, "phone": phone})


def test_an_observer_prints_a_poster_with_the_companys_own_code(world: World, company: Company) -> None:
    observer = signed_in(world.users["observer"])
    page = text(observer.get("/observer/"))
    assert f"/found/companies/{company.pk}/poster/" in page
    assert "推荐一名同事" not in page
    poster = text(observer.get(f"/found/companies/{company.pk}/poster/"))
    assert "<svg" in poster
    assert "金果食品有限公司" in poster
    assert signed_in(world.users["village_secretary"]).get(
        f"/found/companies/{company.pk}/poster/"
    ).status_code == 404  # fmt: skip


def test_an_employee_comes_forward_on_his_own_phone_and_his_home_is_asked(
    world: World, company: Company
) -> None:
    phone = Client()
    page = phone.get(poster_path(company))
    assert "您是党员吗" in text(page)
    assert "单位不知道" in text(page)
    assert len(page.content) < PUBLIC_KILOBYTES * 1024
    sent = forward(company, "陈望川", phone_of(world.members["chen"]), phone)
    assert "请看短信" in text(sent)
    link = referral_path(Referral.objects.get())
    asked = phone.get(link)
    assert "是您本人吗" in text(asked)
    came = phone.post(link, {"name": "陈望川"})
    assert "正在请您所在的党支部确认" in text(came)
    home = signed_in(world.users["village_secretary"])
    finding = Finding.objects.get()
    home.post(f"/found/{finding.pk}/confirm/")
    journey = Journey.objects.get()
    park = signed_in(world.users["park_secretary"])
    assert f"/journeys/{journey.pk}/" in text(park.get("/desk/"))


def test_who_was_marked_is_led_to_his_own_case(world: World, company: Company) -> None:
    journey = journey_at(world, Status.AWAITING)
    forward(company, "陈望川", phone_of(world.members["chen"]))
    answer = Client().post(referral_path(Referral.objects.get()), {"name": "陈望川"}, follow=True)
    assert "报到成功" in text(answer)
    journey.refresh_from_db()
    assert journey.holder == world["jingning_park"]


def test_whoever_has_only_the_name_is_led_nowhere(world: World, company: Company) -> None:
    journey_at(world, Status.HOSTED)
    forward(company, "陈望川", "10088887777")
    fields = {"name": "陈望川", "home": "甘肃省武威市民勤县"}
    answer = Client().post(referral_path(Referral.objects.get()), fields)
    assert answer.status_code == 200
    assert "已登记" in text(answer)
    assert Journey.objects.get().status == Status.HOSTED


def test_every_name_gets_the_same_answer(world: World, company: Company) -> None:
    pages = {
        re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text(forward(company, name, number)))
        for name, number in (("陈望川", phone_of(world.members["chen"])), ("石敢当", "10088887777"))
    }
    assert len(pages) == 1


def test_a_no_deletes_the_name_at_once(world: World, company: Company) -> None:
    forward(company, "石敢当", "10088887777")
    link = referral_path(Referral.objects.get())
    assert "已删除" in text(Client().post(f"{link}decline/"))
    assert not Referral.objects.exists()
    assert Client().get(link).status_code == 410


def test_an_observer_names_somebody_only_after_the_switch_and_learns_nothing(
    world: World, company: Company
) -> None:
    observer, park = signed_in(world.users["observer"]), signed_in(world.users["park_secretary"])
    address = f"/found/companies/{company.pk}/refer/"
    assert observer.get(address).status_code == 404
    park.post(f"/found/referrals/{world['jingning_park'].pk}/switch/", {"on": "yes"})
    assert "乔木生 于" in text(park.get("/found/companies/"))
    assert "推荐一名同事" in text(observer.get("/observer/"))
    fields = {"name": "陈望川", "phone": phone_of(world.members["chen"])}
    assert observer.post(address, fields).status_code == 422
    answers = [
        observer.post(address, {"name": name, "phone": number, "agreed": "yes"}, follow=True)
        for name, number in (("陈望川", fields["phone"]), ("石敢当", "10088887777"))
    ]
    said = [re.findall(r'<p class="message[^"]*">([^<]+)', text(answer)) for answer in answers]
    assert said[0] == said[1]
    assert "结果不会告诉您" in said[0][0]
    assert Notice.objects.filter(kind="confirm_referral").count() == 2
    assert not Finding.objects.exists()


def test_the_organisation_sees_a_number_and_may_take_the_poster_down(world: World, company: Company) -> None:
    forward(company, "石敢当", "10088887777")
    park = signed_in(world.users["park_secretary"])
    page = text(park.get("/found/companies/"))
    assert "扫码后填写手机号 1 次" in page
    old = poster_path(company)
    park.post(f"/found/companies/{company.pk}/renew/")
    assert Client().get(old).status_code == 404
    company.refresh_from_db()
    park.post(f"/found/companies/{company.pk}/close/")
    assert Client().get(poster_path(company)).status_code == 404
