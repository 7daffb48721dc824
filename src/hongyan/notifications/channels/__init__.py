"""Which adapter carries which channel? `HONGYAN_CHANNELS` maps a channel to a module that has `adapter()`."""

from functools import cache
from importlib import import_module

from django.conf import settings

from hongyan.notifications.channels.letter import Adapter


def configured() -> tuple[str, ...]:
    """Name the channels this installation sends through."""
    return tuple(settings.HONGYAN_CHANNELS)


@cache
def _opened(path: str, config: str) -> Adapter:
    """Open an adapter once per configuration, so that its connections and tokens live on."""
    opened: Adapter = import_module(path).adapter()
    return opened


def carries(channel: str, kind: str) -> bool:
    """Tell whether a channel is set up here for this kind of notice: with a provider, its template too."""
    path = settings.HONGYAN_CHANNELS.get(channel)
    return path is not None and bool(import_module(path).carries(kind))


def adapter(channel: str) -> Adapter:
    """Return the adapter of a configured channel, or raise ImproperlyConfigured with what is missing."""
    config = repr((settings.HONGYAN_SMS, settings.HONGYAN_WECHAT, settings.HONGYAN_OUTBOX))
    return _opened(settings.HONGYAN_CHANNELS[channel], config)
