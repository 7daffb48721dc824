"""Which addresses lead to the generations of boundaries?"""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.redrawing import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("boundaries/", views.boundaries, name="boundaries"),
    path("boundaries/<int:pk>/", views.preview, name="preview"),
    path("boundaries/<int:pk>/standing/", views.standing, name="standing"),
    path("boundaries/<int:pk>/choose-successor/", views.choose_successor, name="choose_successor"),
    path("boundaries/<int:pk>/go-live/", views.go_live, name="go_live"),
    path("boundaries/<int:pk>/roll-back/", views.roll_back, name="roll_back"),
]
