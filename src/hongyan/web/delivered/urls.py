"""Which address takes which provider's reports?"""

from django.urls import URLPattern, path

from hongyan.web.delivered import views

urlpatterns: list[URLPattern] = [
    path("delivered/sms/<str:secret>/", views.report_sms, name="report_sms"),
    path("delivered/wechat/", views.report_wechat, name="report_wechat"),
]
