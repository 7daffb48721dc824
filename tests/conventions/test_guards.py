"""Does every door wear a guard: each URL's view, and each operation of the API?"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.urls.resolvers import RegexPattern
from ninja import NinjaAPI

from tests.conventions.tree import nothing

# Doors that say nothing about anybody; the name of the URL, and why it may stand open.
OPEN = {
    "openapi-json": "describes the API, holds no rows",
    "api-root": "an empty answer at the API's root, made by the library",
}


def doors(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Walk the resolver down to every single URL."""
    for entry in resolver.url_patterns:
        place = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from doors(entry, place)
        else:
            yield place, entry


def unguarded(resolver: URLResolver) -> list[str]:
    """List every URL whose view wears no `guard`, and every API operation nobody is asked at."""
    found = []
    for place, door in doors(resolver):
        if door.name in OPEN:
            continue
        operations = operations_of(door.callback)
        if operations is None:
            found += [] if getattr(door.callback, "guard", None) else [f"/{place}: no guard"]
            continue
        for operation in operations:
            guarded = operation.auth_callbacks or getattr(operation.view_func, "guard", None)
            found += [] if guarded else [f"/{place}: {'/'.join(operation.methods)} asks nobody"]
    return found


def operations_of(callback: Callable[..., Any]) -> list[Any] | None:
    """Reach the operations behind a view of django-ninja; None for any other view."""
    if not inspect.isfunction(callback):
        return None
    owner = inspect.getclosurevars(callback).nonlocals.get("self")
    operations = getattr(owner, "operations", None)
    return list(operations) if operations is not None else None


def test_every_door_wears_a_guard() -> None:
    resolver = get_resolver()
    assert list(doors(resolver))
    nothing(unguarded(resolver))


def test_a_planted_open_door_is_caught() -> None:
    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def guarded(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    guarded.guard = "signed_in"  # type: ignore[attr-defined]
    deep = URLResolver(RegexPattern(r"^desk/"), [path("open/", bare), path("closed/", guarded)])
    assert unguarded(URLResolver(RegexPattern(r"^/"), [deep])) == ["/^desk/open/: no guard"]


def test_a_planted_open_operation_is_caught() -> None:
    def who(request: HttpRequest) -> str:
        return "somebody"

    for auth, expected in ((None, ["/api/journeys: GET asks nobody"]), (who, [])):
        api = NinjaAPI(urls_namespace=f"planted-{bool(auth)}", docs_url=None, auth=auth)

        @api.get("/journeys")
        def journeys(request: HttpRequest) -> list[str]:
            return []

        resolver = URLResolver(RegexPattern(r"^/"), [path("api/", api.urls)])
        assert unguarded(resolver) == expected
