"""When did whoever sits here last prove who he is?

A step-up asks again before exports and appointments: an unlocked screen must not be enough. What counts is
the latest proof in this session, be it the sign-in itself or a later one.
"""

import time
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

PROVED = "proved_at"
FRESH_SECONDS = 5 * 60
# A form opened in time may be filled in: what was typed must not be lost to the clock.
FORM_SECONDS = 10 * 60
NOT_SENT = "刚才的内容还没有提交，也没有保存。证明是您本人以后会回到那一页，请再填一次、再点一次提交。"


def prove(request: HttpRequest) -> None:
    """Remember that he has proved himself this moment."""
    request.session[PROVED] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether the last proof is recent enough for what is asked now."""
    proved = float(request.session.get(PROVED, 0.0))
    return 0 <= time.time() - proved < (FORM_SECONDS if request.method == "POST" else FRESH_SECONDS)


def ask_again(request: HttpRequest) -> HttpResponse:
    """Send him to the step-up page; afterwards he is back on the page he came from."""
    wanted = request.get_full_path()
    if request.method == "POST":
        # A form cannot be sent again by a redirect: he comes back to the page that holds it.
        referer = request.headers.get("Referer", "")
        ours = url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()})
        parts = urlsplit(referer)
        messages.warning(request, NOT_SENT)
        wanted = parts.path + (f"?{parts.query}" if parts.query else "") if ours and parts.path else "/"
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': wanted})}")
