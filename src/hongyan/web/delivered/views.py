"""Take what the providers report of messages they have sent: nobody signs in here, each proves itself."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from hongyan.notifications.actions import take_reports
from hongyan.web.delivered.reading import Unreadable, is_signed, sms_reports, wechat_reports
from hongyan.web.guards import anyone

SHORTEST_SECRET = 32


@csrf_exempt
@anyone("POST", private=True)
def report_sms(request: HttpRequest, secret: str) -> HttpResponse:
    """Take a push of the SMS provider; the address is the secret, without one set there is no door."""
    ours = str(settings.HONGYAN_SMS.get("report_secret", ""))
    if len(ours) < SHORTEST_SECRET or not hmac.compare_digest(ours.encode(), secret.encode()):
        raise Http404
    try:
        take_reports(reports=sms_reports(request.body), at=timezone.now())
    except Unreadable:
        return HttpResponseBadRequest()
    return JsonResponse({"code": 0, "msg": "接收成功"})


@csrf_exempt
@anyone("GET", "POST", private=True)
def report_wechat(request: HttpRequest) -> HttpResponse:
    """Answer WeChat's question whether this is our server, and take its reports; our token signs both."""
    token = str(settings.HONGYAN_WECHAT.get("report_token", ""))
    if not token or not is_signed(request.GET.dict(), token):
        raise Http404
    if request.method != "POST":
        return HttpResponse(request.GET.get("echostr", "")[:128], content_type="text/plain")
    try:
        take_reports(reports=wechat_reports(request.body), at=timezone.now())
    except Unreadable:
        return HttpResponseBadRequest()
    return HttpResponse("success", content_type="text/plain")
