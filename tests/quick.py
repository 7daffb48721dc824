"""What need not be done anew for every test, because no test asks how it is done?

A test that does ask takes the fixture `earnest` and gets the product's own cost back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

# The same algorithm and the same code, a thousandth of the memory and the time.
LIGHT = {"work_factor": 2**4, "parallelism": 1}
_COST = {name: getattr(ScryptPasswordHasher, name) for name in LIGHT}
_listed: dict[tuple[Any, ...], dict[str, Any]] = {}
_list_files = WhiteNoiseMiddleware.add_files_from_finders


def _listed_once(middleware: WhiteNoiseMiddleware) -> None:
    """List the static files at the first request of this process; every test's client loads the middleware anew."""
    key = (middleware.static_prefix, middleware.max_age, *map(str, settings.STATICFILES_DIRS))
    if key not in _listed:
        before = set(middleware.files)
        _list_files(middleware)
        _listed[key] = {url: file for url, file in middleware.files.items() if url not in before}
    middleware.files.update(_listed[key])


def _weigh(cost: dict[str, int]) -> None:
    for name, value in cost.items():
        setattr(ScryptPasswordHasher, name, value)


def quicken() -> None:
    """List static files once in this process, and let passwords cost next to nothing."""
    WhiteNoiseMiddleware.add_files_from_finders = _listed_once
    _weigh(LIGHT)


@contextmanager
def earnestly() -> Iterator[None]:
    """Let passwords cost what they cost in the product."""
    _weigh(_COST)
    yield
    _weigh(LIGHT)
