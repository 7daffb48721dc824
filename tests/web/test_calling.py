"""Is whom to call the same person and number on a member's page and on the console?"""

import pytest
from django.test import Client
from django.urls import reverse

from hongyan.journeys.links import token_for
from hongyan.journeys.states import Status
from hongyan.members.models import Appointment
from hongyan.organizations.models import Organization
from hongyan.web.calling import contact_of, contacts
from tests.web.console.people import browser_of, words
from tests.world import NOW, TODAY, World, journey_at

SECRETARY_PHONE = "0000-2000002"


@pytest.fixture
def secretary(world: World) -> str:
    """Give the village secretary a number of her own and return her name."""
    user = world.users["village_secretary"]
    type(user).objects.filter(pk=user.pk).update(phone=SECRETARY_PHONE)
    return str(user.name)


def test_every_page_names_the_same_person_and_number(world: World, secretary: str) -> None:
    journey = journey_at(world, Status.HOSTED)
    line = f"{secretary} {SECRETARY_PHONE}"
    assert contact_of(world["village"], TODAY).line == line
    for_member = words(Client().get(reverse("check_in_page", args=[token_for(journey)])).content)
    case = browser_of(world, "community_secretary").get(reverse("journey", args=[journey.pk]))
    place = browser_of(world, "community_secretary").get(reverse("organization", args=[journey.home_id]))
    for page in (for_member, words(case.content), words(place.content)):
        assert secretary in page
        assert SECRETARY_PHONE in page
    assert line in words(case.content)
    assert "值班员" not in words(case.content)


def test_a_place_without_a_speaker_has_its_registered_contact(world: World, secretary: str) -> None:
    Appointment.objects.filter(organization=world["village"]).update(revoked_at=NOW, revoked_by="user:1")
    assert contact_of(world["village"], TODAY).line == "值班员 0000-1000000"
    Organization.objects.filter(pk=world["village"].pk).update(contact_name="", contact_phone="")
    world["village"].refresh_from_db()
    assert contact_of(world["village"], TODAY).line == ""


def test_a_speaker_without_a_number_is_called_at_the_office(world: World) -> None:
    found = contacts([world["village"], None], TODAY)
    assert found[world["village"].pk].line == f"{world.users['village_secretary'].name} 0000-1000000"
