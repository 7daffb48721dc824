"""Does the matrix turn red without a guard or a scope filter? A sample here, all of them in `make assurance`."""

import pytest

from tests.conventions.tree import Source
from tests.web.matrix.cells import Cell, cells_of, mixed
from tests.web.matrix.mutants import guarded_views, mutants, scope_mutants
from tests.web.matrix.mutation import hunt, runs_of
from tests.web.matrix.walking import Walk

# Doors that between them run most of the filters; the sample stays the same from run to run.
DOORS = (
    "journeys/<int:pk>/",
    "api/v1/journeys/<int:journey_id>",
    "journeys/",
    "m/",
    "desk/read/",
    "overview/<int:pk>/",
)
GUARDS, TOKENS, FILTERS, MOST = 8, 2, 8, 60


def _sample(walk: Walk) -> list[Cell]:
    return [cell for door in DOORS for cell in mixed(cells_of(door))[:40]]


def test_without_a_guard_or_a_filter_the_matrix_is_red(
    walk: Walk, capsys: pytest.CaptureFixture[str]
) -> None:
    everything = mutants()
    by_kind = {
        kind: [one for one in everything if one.kind == kind] for kind in ("guard", "token", "scope", "sql")
    }
    runs = runs_of(walk, _sample(walk))
    found = [one for one in by_kind["scope"] if one.function in runs]
    chosen = [
        *by_kind["guard"][:: max(1, len(by_kind["guard"]) // GUARDS)],
        *by_kind["token"][:TOKENS],
        *by_kind["sql"][:TOKENS],
        *[one for one in found if one.key in SURE],
    ]
    campaign = hunt(walk, chosen, runs, most=MOST)
    with capsys.disabled():
        print(f"\nsample of {len(everything)}: {campaign.table()}")
    assert campaign.survived == []
    assert {one.key for one in found} >= SURE


# Filters of the sample: those everything else rests on.
SURE = {
    "src/hongyan/members/permissions.py official valid",
    "src/hongyan/journeys/models.py JourneyQuerySet.visible_to under",
    "src/hongyan/web/console/fetching.py case_or_404 visible_to",
    "src/hongyan/web/api/finding.py journey_to_read visible_to",
    "src/hongyan/web/overview/filters.py may_look_into covers",
    "src/hongyan/web/console/news.py unread_by_recipient filter recipient__in",
}


def test_every_guard_stands_at_an_address() -> None:
    lost = [one.name for one in mutants() if one.kind in ("guard", "token") and not one.doors]
    assert lost == []


def test_a_new_guard_and_a_new_filter_are_found_by_themselves() -> None:
    text = (
        "from hongyan.web import guards\n"
        "@guards.official('GET')\n"
        "def planted(request):\n"
        "    rows = Journey.objects.visible_to(actor)\n"
        "    if actor.seat_at(power, path) is None:\n"
        "        raise Http404\n"
    )
    source = Source("src/hongyan/web/planted.py", text)
    assert [(node.name, guard) for _, node, guard in guarded_views([source])] == [("planted", "official")]
    # The planted module cannot be imported; that it is looked for says that the filters were found.
    with pytest.raises(ModuleNotFoundError, match="planted"):
        list(scope_mutants([source]))
