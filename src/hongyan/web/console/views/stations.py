"""The photo of a station's door: put there by those who open it, shown to everybody who looks for it."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from hongyan.documents.photos import stored
from hongyan.organizations import actions
from hongyan.organizations.models import Station
from hongyan.organizations.refusals import Refused
from hongyan.web import guards
from hongyan.web.console import station_photos
from hongyan.web.guards import actor_of


@guards.official("GET", "POST", power=station_photos.POWER)
def picture_station(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the photo of one station's door, put another one there, or take it away."""
    station = station_photos.station_or_404(actor_of(request), pk)
    form = station_photos.PhotoForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return station_photos.photo_page(request, station, status=200 if request.method != "POST" else 422)
    photo = station_photos.chosen(request) if form.cleaned_data["step"] == "show" else None
    if isinstance(photo, str):
        return station_photos.photo_page(request, station, photo, 422)
    by, expect = actor_of(request).code, form.cleaned_data["expect"]
    try:
        actions.picture_station(station=station, photo=photo, expect=expect, by=by, at=timezone.now())
    except Refused as refused:
        station.refresh_from_db()
        return station_photos.photo_page(request, station, refused.refusal.sentence, 409)
    messages.success(request, "照片已换上。" if photo else "照片已删除。")
    return redirect("organization", pk=station.organization_id)


@guards.anyone("GET")
def photo(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the photo of a station that shows it now."""
    content = stored(name, settings.PHOTOS) if Station.objects.filter(photo=name).exists() else None
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="image/jpeg")
    # A name belongs to one photo for ever.
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
