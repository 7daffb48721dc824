"""Can those who open a station's door show it, does everybody see it, and is nothing but pixels kept?"""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hongyan.audit.models import Entry
from hongyan.journeys.states import Status
from hongyan.organizations.models import Station
from tests.documents.test_photos import planted, scene, written
from tests.web.console.people import browser_of, words
from tests.world import World, journey_at


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.PHOTOS = tmp_path / "photos"
    photos: Path = settings.PHOTOS
    return photos


@pytest.fixture
def station(world: World, folder: Path) -> Station:
    return Station.objects.get(organization=world["tianshui_south"])


def page_of(station: Station) -> str:
    return reverse("picture_station", args=[station.pk])


def put(browser: Client, station: Station, content: bytes, name: str = "门口.jpg", **fields: Any) -> Any:
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return browser.post(page_of(station), {"step": "show", "expect": station.photo, "photo": file} | fields)


def kept(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize(
    "who", ["window_clerk", "community_secretary", "street_organiser", "chengguan_department"]
)
def test_those_over_a_station_show_its_door(world: World, station: Station, folder: Path, who: str) -> None:
    browser = browser_of(world, who)
    assert "不要拍" in words(browser.get(page_of(station)).content)
    answer = put(browser, station, planted("JPEG"))
    assert answer.status_code == 302
    station.refresh_from_db()
    assert kept(folder) == [station.photo]
    # The figure of trust.md: bytes of EXIF, GPS, XMP, ICC and comments in the stored file.
    assert (folder / station.photo).read_bytes().count(b"CANARY") == 0
    entry = Entry.objects.get(verb="picture_station")
    assert entry.details == {"station": station.pk, "shown": True}
    page = browser.get(reverse("organization", args=[station.organization_id]))
    assert f'src="/photos/{station.photo}"' in page.content.decode()
    assert "换照片" in words(page.content)


@pytest.mark.parametrize(
    "who",
    ["caretaker", "other_community_secretary", "anning_department", "village_secretary", "observer", "chen"],
)
def test_others_find_no_such_page(world: World, station: Station, folder: Path, who: str) -> None:
    browser = browser_of(world, who)
    assert browser.get(page_of(station)).status_code == 404
    assert put(browser, station, written(scene())).status_code == 404
    assert kept(folder) == []
    assert browser.get(reverse("picture_station", args=[999_999])).status_code == 404
    if who == "village_secretary":
        assert "照片" not in words(
            browser.get(reverse("organization", args=[station.organization_id])).content
        )


def test_strangers_are_asked_to_sign_in(station: Station) -> None:
    assert put(Client(), station, written(scene())).status_code == 302
    station.refresh_from_db()
    assert station.photo == ""
    assert Client().delete(page_of(station)).status_code == 405


def test_everybody_may_look_and_the_answer_is_only_a_picture(world: World, station: Station) -> None:
    put(browser_of(world, "window_clerk"), station, written(scene()))
    station.refresh_from_db()
    answer = Client().get(reverse("photo", args=[station.photo]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{station.photo}"'
    assert "immutable" in answer.headers["Cache-Control"]
    assert "set-cookie" not in {name.lower() for name in answer.headers}
    assert answer.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    "name",
    [
        "../hongyan.sqlite3",
        "..%2fsecrets.json",
        "%2e%2e/secrets.json",
        "a.jpg",
        "0" * 32 + ".png",
        "0" * 32 + ".jpg/",
        "0" * 32 + ".jpg%00",
        "0" * 32 + ".jpg%0a",
        "A" * 32 + ".jpg",
        "0" * 31 + "/.jpg",
        "/etc/passwd",
    ],
)
def test_no_other_name_is_answered(world: World, folder: Path, name: str) -> None:
    (folder.parent / "secrets.json").write_bytes(b"canary-of-secrets")
    answer = Client().get(f"/photos/{name}")
    assert answer.status_code in (404, 301)
    assert b"canary" not in answer.content


def test_a_file_that_no_station_shows_is_not_served(world: World, folder: Path) -> None:
    folder.mkdir(parents=True)
    name = "ab" * 16 + ".jpg"
    (folder / name).write_bytes(written(scene()))
    assert Client().get(f"/photos/{name}").status_code == 404


def test_another_photo_takes_its_place_and_the_old_file_goes(
    world: World, station: Station, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    browser = browser_of(world, "window_clerk")
    with django_capture_on_commit_callbacks(execute=True):
        put(browser, station, written(scene()))
    station.refresh_from_db()
    first = station.photo
    with django_capture_on_commit_callbacks(execute=True):
        put(browser, station, written(scene(900, 700), "PNG"), "b.png")
    station.refresh_from_db()
    assert station.photo != first
    assert kept(folder) == [station.photo]
    assert Client().get(f"/photos/{first}").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(page_of(station), {"step": "remove", "expect": station.photo}, follow=True)
    assert "照片已删除" in words(answer.content)
    station.refresh_from_db()
    assert (station.photo, kept(folder)) == ("", [])
    assert Entry.objects.filter(verb="picture_station").count() == 3


def test_an_old_page_replaces_nothing_and_twice_is_once(world: World, station: Station, folder: Path) -> None:
    browser = browser_of(world, "window_clerk")
    content = written(scene())
    assert put(browser, station, content).status_code == 302
    # The same form again, as an impatient finger sends it.
    assert put(browser, station, content).status_code == 302
    assert Entry.objects.filter(verb="picture_station").count() == 1
    station_now = Station.objects.get(pk=station.pk)
    other = put(browser_of(world, "community_secretary"), station, written(scene(900, 700)))
    assert other.status_code == 409
    assert "已由他人更换" in words(other.content)
    assert f'name="expect" value="{station_now.photo}"' in other.content.decode()
    assert Station.objects.get(pk=station.pk).photo == station_now.photo
    assert kept(folder) == [station_now.photo]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "是空的"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是可用的照片"),
        (written(scene()) + b"<script>alert(1)</script>", "夹带了其他内容"),
        (b"\xff\xd8\xff" + b"x" * 10_000_001, "最多 10 MB"),
        (written(scene(100, 80)), "照片太小"),
    ],
)
def test_what_is_no_photo_is_explained(
    world: World, station: Station, folder: Path, content: bytes, sentence: str
) -> None:
    answer = put(browser_of(world, "window_clerk"), station, content)
    assert answer.status_code == 422
    assert sentence in words(answer.content)
    assert kept(folder) == []
    assert not Entry.objects.filter(verb="picture_station").exists()


@pytest.mark.parametrize("fields", [{"expect": "../x.jpg"}, {"step": "no"}, {"expect": "x" * 500}])
def test_odd_forms_change_nothing(
    world: World, station: Station, folder: Path, fields: dict[str, str]
) -> None:
    assert put(browser_of(world, "window_clerk"), station, written(scene()), **fields).status_code == 422
    assert kept(folder) == []


def test_members_see_the_door(world: World, station: Station) -> None:
    put(browser_of(world, "window_clerk"), station, written(scene()))
    station.refresh_from_db()
    journey_at(world, Status.HOSTED)
    page = browser_of(world, "chen").get("/m/")
    assert f'src="/photos/{station.photo}"' in page.content.decode()
    assert f"{station.name}门口的样子" in page.content.decode()


def test_no_file_is_explained(world: World, station: Station) -> None:
    answer = browser_of(world, "window_clerk").post(page_of(station), {"step": "show", "expect": ""})
    assert answer.status_code == 422
    assert "请选择一张照片" in words(answer.content)
