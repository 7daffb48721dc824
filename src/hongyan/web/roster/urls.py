"""Which address of the roster leads to which view."""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.roster import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("roster/", views.roster, name="roster"),
    path("roster/take-in/", views.take_in, name="take_in"),
    path("roster/<int:pk>/", views.intake, name="intake"),
    path("roster/<int:pk>/rows/<str:kind>/", views.intake_rows, name="intake_rows"),
    path("roster/<int:pk>/confirm-intake/", views.confirm_intake, name="confirm_intake"),
    path("roster/<int:pk>/go-on/", views.go_on, name="go_on"),
    path("roster/<int:pk>/discard-intake/", views.discard_intake, name="discard_intake"),
    path("roster/<int:pk>/take-rejected/", views.take_rejected, name="take_rejected"),
    path("roster/gone/", views.gone_members, name="gone_members"),
    path("roster/gone/<int:pk>/answer-gone/", views.answer_gone, name="answer_gone"),
    path("roster/duplicates/", views.duplicates, name="duplicates"),
    path("roster/duplicates/<int:pk>/merge-members/", views.merge_members, name="merge_members"),
    path("roster/duplicates/<int:pk>/dismiss-pair/", views.dismiss_pair, name="dismiss_pair"),
    path("roster/merges/<int:pk>/undo-merge/", views.undo_merge, name="undo_merge"),
]
