"""Which address leads to which page about reminders and what is late?"""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.reminding import channel_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("raised/", views.raised, name="raised"),
    path("m/my-data/close-channel/", channel_views.close_channel, name="close_channel"),
    path("m/my-data/open-channel/", channel_views.open_channel, name="open_channel"),
    path("r/<str:token>/channels/", channel_views.channels, name="channels"),
    path("r/<str:token>/close-channel/", channel_views.close_channel_by_link, name="close_channel_by_link"),
    path("r/<str:token>/open-channel/", channel_views.open_channel_by_link, name="open_channel_by_link"),
]
