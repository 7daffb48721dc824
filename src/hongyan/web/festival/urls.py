"""Which address leads to which page about the Spring Festival?"""

from django.urls import URLPattern, path

from hongyan.web.festival import meeting_views, member_views, views

urlpatterns: list[URLPattern] = [
    path("festival/", views.festival, name="festival"),
    path("festival/answer/", views.answer_visit, name="answer_visit"),
    path("festival/leave/", views.leave_again, name="leave_again"),
    path("festival/hosted/", views.festival_hosted, name="festival_hosted"),
    path("festival/meetings/plan/", meeting_views.plan_meeting, name="plan_meeting"),
    path("festival/meetings/<int:pk>/", meeting_views.meeting, name="meeting"),
    path("festival/meetings/<int:pk>/came/", meeting_views.note_came, name="note_came"),
    path("festival/meetings/<int:pk>/call-off/", meeting_views.call_off, name="call_off"),
    path("festival/meetings/<int:pk>/print/", meeting_views.print_meeting, name="print_meeting"),
    path("r/<str:token>/visit/", member_views.member_visit, name="member_visit"),
]
