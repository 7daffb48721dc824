"""Which address leads to which step of coming home and going out again?"""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.homecoming import exempt_views, lost_views, member_views, views

CASE = "journeys/<int:pk>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(CASE + "homecoming/", views.homecoming, name="homecoming"),
    path(CASE + "hold-return-talk/", views.hold_return_talk, name="hold_return_talk"),
    path(CASE + "write-closing/", views.write_closing, name="write_closing"),
    path(CASE + "check-credential/", views.check_credential, name="check_credential"),
    path(CASE + "depart-again/", views.depart_again, name="depart_again"),
    path(CASE + "flag-lost/", lost_views.flag_lost, name="flag_lost"),
    path(CASE + "log-search/", lost_views.log_search, name="log_search"),
    path(CASE + "record-decision/", lost_views.record_decision, name="record_decision"),
    path(CASE + "lost/", lost_views.lost_case, name="lost_case"),
    path(CASE + "dossier/", lost_views.dossier, name="dossier"),
    path(CASE + "exempt/", exempt_views.exempt, name="exempt"),
    path("lost/", lost_views.lost, name="lost"),
    path("r/<str:token>/again/", member_views.again, name="member_depart_again"),
]
