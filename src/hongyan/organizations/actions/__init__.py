"""Found an organisation, give it ground and a door, let it change: the only writers of organisations."""

from hongyan.organizations.actions.changing import close, join_ground, remember_change, rename, reparent
from hongyan.organizations.actions.founding import (
    add_workplace,
    found,
    open_station,
    picture_station,
    serve_area,
    set_sharing,
)

__all__ = [
    "add_workplace",
    "close",
    "found",
    "join_ground",
    "open_station",
    "picture_station",
    "remember_change",
    "rename",
    "reparent",
    "serve_area",
    "set_sharing",
]
