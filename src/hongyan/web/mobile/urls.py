"""Which address of the mobile leads to which view."""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.mobile.views import about, home, link, my_data, phone, rights

urlpatterns: list[URLPattern | URLResolver] = [
    path("r/<str:token>/", link.check_in_page, name="check_in_page"),
    path("r/<str:token>/place/", link.place, name="place"),
    path("r/<str:token>/place/by-hand/", link.place_by_hand, name="place_by_hand"),
    path("r/<str:token>/consent/", link.consent_position, name="consent_position"),
    path("r/<str:token>/check-in/", link.check_in, name="member_check_in"),
    path("r/<str:token>/move/", link.move_page, name="move_page"),
    path("r/<str:token>/abroad/", link.say_abroad, name="say_abroad"),
    path("r/<str:token>/return/", link.return_home, name="return_home"),
    path("m/", home.member_home, name="member_home"),
    path("m/read/", home.read_reminder, name="read_reminder"),
    path("m/my-data/", my_data.my_data, name="my_data"),
    path("m/my-data/who-looked/", my_data.who_looked, name="who_looked"),
    path("m/my-data/export/", my_data.export_own, name="export_own"),
    path("m/my-data/consent/", rights.consent, name="consent"),
    path("m/my-data/withdraw/", rights.withdraw, name="withdraw"),
    path("m/my-data/restrict/", rights.restrict, name="restrict"),
    path("m/my-data/lift/", rights.lift, name="lift"),
    path("m/my-data/correct/", rights.ask_correction, name="ask_correction"),
    path("m/my-data/erase/", rights.ask_erasure, name="ask_erasure"),
    path("m/my-data/take-back/<int:pk>/", rights.take_back, name="take_back"),
    path("privacy/", about.privacy_policy, name="privacy_policy"),
    path("about-position/", about.position_use, name="position_use"),
    path("demo/phone/", phone.demo_phone, name="demo_phone"),
]
