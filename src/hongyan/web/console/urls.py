"""Which address of the console leads to which view."""

from django.urls import URLPattern, URLResolver, path, re_path

from hongyan.web.console.views import (
    appointments,
    break_glass,
    cases,
    desk,
    dispatching,
    entry,
    exports,
    hosting,
    leaving,
    marking,
    organizations,
    permissions,
    rights,
    stations,
    window,
)

# One verb, one name: the address is the verb with hyphens, the name is the verb.
MOVES = (
    dispatching.forward,
    dispatching.redirect,
    dispatching.send_back,
    dispatching.escalate,
    dispatching.decide,
    hosting.accept,
    hosting.register_outside,
    hosting.name_caretaker,
    hosting.contact,
    leaving.confirm,
    leaving.deny,
    leaving.depart,
    leaving.start_return,
    leaving.end,
    leaving.cancel,
    window.check_in,
    window.relocate,
    window.find,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", entry.home, name="home"),
    path("sign-in/", entry.sign_in, name="sign_in"),
    path("sign-out/", entry.sign_out, name="sign_out"),
    path("observer/", entry.observer, name="observer"),
    path("look/", entry.set_look, name="set_look"),
    path("desk/", desk.desk, name="desk"),
    path("desk/read/", desk.read_notices, name="read_notices"),
    path("journeys/<int:pk>/", cases.journey, name="journey"),
    path("journeys/<int:pk>/targets/", dispatching.targets, name="targets"),
    *[
        path(f"journeys/<int:pk>/{view.__name__.replace('_', '-')}/", view, name=view.__name__)
        for view in MOVES
    ],
    path("journeys/<int:pk>/resend-link/", leaving.resend_link, name="resend_link"),
    path("mark/", marking.mark, name="mark"),
    path("mark/many/", marking.mark_many, name="mark_many"),
    path("mark/paste/", marking.mark_paste, name="mark_paste"),
    path("mark/places/", marking.places, name="places"),
    path("window/", window.window, name="window"),
    path("organizations/<int:pk>/appointments/", appointments.appointments, name="appointments"),
    path("organizations/<int:pk>/appoint/", appointments.appoint, name="appoint"),
    path("appointments/<int:pk>/dismiss/", appointments.dismiss, name="dismiss"),
    path("appointments/<int:pk>/extend/", appointments.extend, name="extend"),
    path("appointments/<int:pk>/invite/", appointments.invite, name="invite"),
    path("tokens/<int:pk>/revoke/", appointments.revoke_token, name="revoke_token"),
    path("break-glass/", break_glass.break_glass, name="break_glass"),
    path("break-glass/close/", break_glass.close_glass, name="close_glass"),
    path("permissions/", permissions.permissions, name="permissions"),
    path("rights/", rights.rights, name="rights"),
    path("rights/<int:pk>/decide/", rights.decide_request, name="decide_request"),
    path("rights/<int:pk>/approve/", rights.approve_request, name="approve_request"),
    path("exports/", exports.exports, name="exports"),
    path("exports/ask/", exports.ask_export, name="ask_export"),
    path("exports/<int:pk>/", exports.export, name="export"),
    path("exports/<int:pk>/answer/", exports.answer_export, name="answer_export"),
    path("exports/<int:pk>/make/", exports.make_export, name="make_export"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/search/", organizations.search, name="search_organizations"),
    path("organizations/<int:pk>/", organizations.organization, name="organization"),
    path("organizations/stations/<int:pk>/photo/", stations.picture_station, name="picture_station"),
    # Nothing but a name we gave gets past the pattern: no folder, no dot but one.
    re_path(r"^photos/(?P<name>[0-9a-f]{32}\.jpg)\Z", stations.photo, name="photo"),
    path("organizations/<int:pk>/children/", organizations.children, name="children"),
]
