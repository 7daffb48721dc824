"""Which address leads to which page of a park?"""

from django.urls import URLPattern, path

from hongyan.web.parks import views

urlpatterns: list[URLPattern] = [
    path("parks/deliver/", views.deliver_work_starts, name="deliver_work_starts"),
]
