"""Which address leads to which page about members of one home in one place?"""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.gathering.views import foundings, joining, register, suggestions

urlpatterns: list[URLPattern | URLResolver] = [
    path("gatherings/", suggestions.gatherings, name="gatherings"),
    path("gatherings/<int:pk>/", suggestions.gathering, name="gathering"),
    path("gatherings/<int:pk>/decline/", suggestions.decline_gathering, name="decline_gathering"),
    path("gatherings/<int:pk>/invite/", suggestions.invite_to_join, name="invite_to_join"),
    path("gatherings/<int:pk>/propose/", foundings.propose_branch, name="propose_branch"),
    path("foundings/<int:pk>/", foundings.founding, name="founding"),
    path("foundings/<int:pk>/answer/", foundings.answer_consultation, name="answer_consultation"),
    path("foundings/<int:pk>/again/", foundings.consult_again, name="consult_again"),
    path("foundings/<int:pk>/found/", foundings.found_branch, name="found_branch"),
    path("foundings/<int:pk>/drop/", foundings.drop_founding, name="drop_founding"),
    path("invitations/<int:pk>/", joining.answer_join, name="answer_join"),
    path("r/<str:token>/join/", joining.join, name="join"),
    path("mobile-branches/", register.mobile_branches, name="mobile_branches"),
]
