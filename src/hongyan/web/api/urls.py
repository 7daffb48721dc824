"""Which address of the API leads to which operation?"""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from hongyan.web.api import arriving, arriving_many, gathering, marking, moves, parks, reading, tree
from hongyan.web.api.contract import make_api
from hongyan.web.api.problems import Problem, problem_response

api = make_api()
api.add_router("", reading.router)
api.add_router("", tree.router)
api.add_router("", arriving.router)
api.add_router("", parks.router)
api.add_router("", gathering.router)
api.add_router("/journeys", arriving_many.router)
api.add_router("/journeys", marking.router)
api.add_router("/journeys", moves.router)


@csrf_exempt
def no_such_address(request: HttpRequest) -> HttpResponse:
    """Answer at every other address, whatever the method: there is nothing here."""
    return problem_response(request, Problem(404, "no_such_address"))


no_such_address.guard = "anyone"  # type: ignore[attr-defined]

urlpatterns: list[URLPattern | URLResolver] = [
    # Before the library's own root, which would answer with a page.
    re_path(r"^$", no_such_address),
    path("", api.urls),
    re_path(r"", no_such_address),
]
