"""Which address leads to which of the pages for many cases?"""

from django.urls import URLPattern, path

from hongyan.web.many import views

urlpatterns: list[URLPattern] = [
    path("desk/accept-many/", views.accept_many, name="accept_many"),
    path("desk/forward-many/", views.forward_many, name="forward_many"),
    path("window/check-in-many/", views.check_in_many, name="check_in_many"),
]
