"""Whose station may somebody show the door of, and what does the page of its photo say?"""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from hongyan.documents.photos import LARGEST, Photo, clean_photo
from hongyan.documents.refusals import Refusal
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization, Station
from hongyan.web.guards import actor_of

# The people who open the door each morning, and those above them.
POWER = Power.ASSIST
NOTHING_CHOSEN = "请选择一张照片。"


def may_picture(actor: Actor, organization: Organization) -> bool:
    """Tell whether somebody may show the doors of this organisation."""
    return actor.seat_over(POWER, organization.path) is not None


def station_or_404(actor: Actor, pk: int) -> Station:
    """Fetch a station whose door somebody may show; else it does not exist for him."""
    found = get_object_or_404(
        Station.objects.select_related("organization").filter(organization__closed_at=None), pk=pk
    )
    if not may_picture(actor, found.organization):
        raise Http404
    return found


class PhotoForm(forms.Form):
    """What the page of a photo sends beside the file: the photo that was seen."""

    expect = forms.RegexField(r"^([0-9a-f]{32}\.jpg)?$", required=False)
    step = forms.ChoiceField(choices=[("show", "show"), ("remove", "remove")])


def chosen(request: HttpRequest) -> "Photo | str":
    """Clean the chosen photo, or say why it cannot be used."""
    file = request.FILES.get("photo")
    if not isinstance(file, UploadedFile) or not file.name:
        return NOTHING_CHOSEN
    # One byte more than allowed is enough to be told that it is too large.
    found = clean_photo(file.read(LARGEST + 1) if (file.size or 0) <= LARGEST else b"\0" * (LARGEST + 1))
    return found.sentence if isinstance(found, Refusal) else found


def photo_page(request: HttpRequest, station: Station, sentence: str = "", status: int = 200) -> HttpResponse:
    """Show the photo there is and the form for another one."""
    fields: dict[str, Any] = {
        "station": station,
        "sentence": sentence,
        "limit": LARGEST // 1_000_000,
        "actor_name": actor_of(request).name,
    }
    return render(request, "console/organizations/picture_station.html", fields, status=status)
