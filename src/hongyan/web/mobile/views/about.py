"""How is a position used, and what is never done with it?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hongyan.web.guards import anyone


@anyone("GET")
def position_use(request: HttpRequest) -> HttpResponse:
    """Explain what happens to a position, and what does not."""
    return render(request, "mobile/check_in/position_use.html")
