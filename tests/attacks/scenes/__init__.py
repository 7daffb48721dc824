"""What does each area of the product add to the scene of the attacks, so that no file has to know them all?

A module here, found by its name, may define

    lay_out(scene)  builds what its pages show: scene.cases["name"], scene.numbers["name"]; it must be there
    PAGES           name of a URL → visits(...) from tests.attacks.visiting: who opens the page, and on what
    NOT_PAGES       name of a URL → why nobody looks at its answer as a page
"""

from importlib import import_module
from pkgutil import iter_modules

MODULES = tuple(
    import_module(f"{__name__}.{name}") for name in sorted(found.name for found in iter_modules(__path__))
)
