"""Is every page known to the attacks, and does it open for those it is for?"""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.attacks.scene import PAGES, Scene, gone, named_doors, pages, unlisted


def test_every_page_is_listed() -> None:
    doors = list(named_doors())
    assert unlisted(doors) == []
    assert gone(doors) == []


def test_a_planted_page_is_missed() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    page.methods = ("GET",)  # type: ignore[attr-defined]
    assert "planted" in unlisted([*named_doors(), ("planted", path("planted/", page))])


def test_every_page_opens_for_those_it_is_for(scene: Scene) -> None:
    wrong, opened = [], set()
    for name, visit, address in pages(scene):
        said = scene.browser(visit.who).get(address)
        opened.add(name)
        if said.status_code != 200 or not said.headers["Content-Type"].startswith("text/html"):
            wrong.append(
                f"{name} for {visit.who} on {visit.case}: {said.status_code} {said.headers.get('Location', '')}"
            )
    assert wrong == []
    assert opened == set(PAGES)
