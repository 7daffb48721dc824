"""Which address of the mobile leads to which view."""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.mobile.views import about, home, link, phone

urlpatterns: list[URLPattern | URLResolver] = [
    path("r/<str:token>/", link.check_in_page, name="check_in_page"),
    path("r/<str:token>/place/", link.place, name="place"),
    path("r/<str:token>/place/by-hand/", link.place_by_hand, name="place_by_hand"),
    path("r/<str:token>/check-in/", link.check_in, name="member_check_in"),
    path("r/<str:token>/move/", link.move_page, name="move_page"),
    path("r/<str:token>/return/", link.return_home, name="return_home"),
    path("m/", home.member_home, name="member_home"),
    path("m/read/", home.read_reminder, name="read_reminder"),
    path("about-position/", about.position_use, name="position_use"),
    path("demo/phone/", phone.demo_phone, name="demo_phone"),
]
