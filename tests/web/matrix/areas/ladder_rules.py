"""Who reads what is late below him, and who closes a way by which a member is reminded?"""

PAGES = {
    "raised/": {"GET": "duty:decide"},
    "m/my-data/close-channel/": {"POST": "own:done"},
    "m/my-data/open-channel/": {"POST": "own:shown"},
    "r/<str:token>/channels/": {"GET": "link:shown"},
    "r/<str:token>/close-channel/": {"POST": "link:done"},
    "r/<str:token>/open-channel/": {"POST": "link:shown"},
    # For the providers, who prove themselves by a secret or a signature; for everybody else there is nothing.
    "delivered/sms/<str:secret>/": {"POST": "not_found"},
    "delivered/wechat/": {"GET": "not_found", "POST": "not_found"},
}
