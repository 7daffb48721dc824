"""Does a province's roster come in row for row: a million rows, every kind exactly as planned?

The plan is made of numbers, so it is the same in every run: which rows are good, which have which fault, and what the
second export changes, moves, adds and leaves out.
"""

import csv
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hongyan.members.models import Member
from hongyan.members.permissions import official
from hongyan.organizations import paths
from hongyan.organizations.kinds import Kind as OrganizationKind
from hongyan.organizations.kinds import Tier
from hongyan.organizations.models import Organization
from hongyan.reports.laws import broken
from hongyan.roster.actions import confirm_intake, go_on, incoming_path, take_in
from hongyan.roster.models import CHOICES, Intake, Stage
from tests.roster.exports import EXPORT, GIVEN, SURNAMES
from tests.world import NOW, SETUP, TODAY, World, build_world

A_BRANCH = 60
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWYZ"
# One row in so many has this fault; the second export changes, moves, drops and adds so many.
FAULTS = {
    101: {"公民身份号码": "12345"},
    103: {"手机号码": "1001"},
    107: {"出生日期": "1985-02-30"},
    109: {"所在党支部": "没有这个党支部"},
    113: {"人员类别": "发展对象"},
}
CHANGES, MOVES, GONE, LATER = 11, 17, 23, 1000
BORN = date(1940, 1, 1)


def _branches(world: World, count: int) -> list[str]:
    """Found so many branches below the county, in one go."""
    county = world["minqin_town"]
    first = paths.number_of(Organization.objects.filter(parent=county).latest("path").path) + 1
    rows = [
        Organization(
            code=f"campaign-{number}", name=f"三雷镇第{number}党支部", short_name=f"第{number}党支部",
            kind=OrganizationKind.BRANCH, tier=Tier.GRASSROOTS, parent=county,
            path=county.path + paths.segment(first + number), division_id="620621100200", can_host=True,
            created_at=NOW, created_by=SETUP,
        )
        for number in range(count)
    ]  # fmt: skip
    Organization.objects.bulk_create(rows, batch_size=1000)
    return [row.name for row in rows]


def fault_of(number: int) -> dict[str, str]:
    """Return what is wrong with a row, nothing for most."""
    return next((cells for every, cells in FAULTS.items() if number % every == 0), {})


def row_of(number: int, branches: list[str], again: bool) -> dict[str, str] | None:
    """Write one row of the first export, or of the second; None where the second leaves him out."""
    if again and number % GONE == 0 and not fault_of(number):
        return None
    born = BORN + timedelta(days=number % 25_000)
    branch = number // A_BRANCH % len(branches)
    moves = again and number % MOVES == 0
    row = {
        "序号": str(number), "性别": "男" if number % 2 else "女", "民族": "汉族", "人员类别": "正式党员",
        "姓名": SURNAMES[number % 6] + GIVEN[number // 6 % 20] + GIVEN[number // 120 % 20],
        "公民身份号码": f"{number // 25_000_000:06d}{born:%Y%m%d}{number // 25_000 % 1000:03d}{LETTERS[number % 25]}",
        "出生日期": f"{born:%Y-%m-%d}", "学历": "大学" if again and number % CHANGES == 0 else "高中",
        "所在党支部": branches[(branch + 1) % len(branches) if moves else branch],
        "手机号码": f"100{number:08d}", "入党日期": f"{born + timedelta(days=6700):%Y.%m.%d}",
        "学位": "无", "现居住地": "某省某县某镇", "是否农民工": "否",
    }  # fmt: skip
    return row | fault_of(number)


def planned(count: int, again: bool) -> Counter[str]:
    """Count what must come of an export, from the plan alone."""
    found: Counter[str] = Counter()
    for number in range(count):
        if fault_of(number):
            found["rejected"] += 1
        elif not again:
            found["new"] += 1
        elif number % GONE == 0:
            found["gone"] += 1
        elif number % MOVES == 0:
            found["moved"] += 1
        else:
            found["changed" if number % CHANGES == 0 else "unchanged"] += 1
    if again:
        found["new"] += sum(not fault_of(number) for number in _later(count))
    return found


def _later(count: int) -> range:
    return range(count, count + max(1, count // LATER))


def _rows(count: int, branches: list[str], again: bool) -> Iterator[dict[str, str]]:
    numbers = [*range(count), *(_later(count) if again else ())]
    for number in numbers:
        # Whoever comes later was not there the first time.
        row = row_of(number, branches, again and number < count)
        if row is not None and not (number >= count and fault_of(number)):
            yield row


def write_export(path: Path, count: int, branches: list[str], *, again: bool = False) -> int:
    """Write an export as a file; return how many rows it has."""
    written = 0
    with path.open("w", encoding="gb18030" if again else "utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(["全省党员名册"])
        out.writerow(EXPORT)
        for row in _rows(count, branches, again):
            out.writerow([row.get(title, "") for title in EXPORT])
            written += 1
    return written


def taken(world: World, path: Path) -> Intake:
    """Take a file in as the county's department and let everything of it in."""
    actor = official(world.users["minqin_department"], TODAY)
    key = f"campaign-{Intake.objects.count()}"
    with incoming_path(path) as file:
        intake = take_in(key=key, organization=world["minqin"], file=file, by=actor, at=NOW)
    confirm_intake(intake=intake, kinds=CHOICES, by=actor, at=NOW)
    while go_on(intake=intake, at=NOW, seconds=30).stage == Stage.APPLYING:
        print(
            f"  {intake.chunks.exclude(applied_at=None).count()} of {intake.chunks.count()} chunks",
            flush=True,
        )
    return intake


def differing(intake: Intake, rows: int, plan: Counter[str]) -> list[str]:
    """Compare what came of an export with the plan."""
    wrong = [f"{name}: {getattr(intake, name)}, not {plan[name]}"
             for name in ("new", "changed", "moved", "unchanged", "rejected") if getattr(intake, name) != plan[name]]  # fmt: skip
    if intake.rows != rows or rows != intake.accepted + intake.rejected:
        wrong.append(f"rows: {intake.rows} of {rows}")
    overtaken = sum(intake.chunks.values_list("overtaken", flat=True))
    written = sum(intake.chunks.values_list("written", flat=True))
    if overtaken or written != plan["new"] + plan["changed"] + plan["moved"]:
        wrong.append(f"written: {written}, overtaken {overtaken}")
    return wrong


def run(count: int, seed: int) -> dict[str, int]:
    """Take in two exports of so many rows; whatever is not as planned counts as lost."""
    world = build_world()
    branches = _branches(world, max(2, count // A_BRANCH))
    there = Member.objects.count()
    lost, tried = list[str](), 0
    with TemporaryDirectory() as folder:
        for again in (False, True):
            path = Path(folder) / f"export{again}.csv"
            rows = write_export(path, count, branches, again=again)
            begun = time.monotonic()
            intake = taken(world, path)
            seconds = time.monotonic() - begun
            lost += differing(intake, rows, planned(count, again))
            tried += rows
            print(
                f"{rows} rows in {seconds:.0f} s, {rows / seconds:,.0f} a second: {lost or 'as planned'}",
                flush=True,
            )
        gone = intake.gone
    lost += [f"gone: {gone}"] if gone != planned(count, again=True)["gone"] else []
    members = Member.objects.count() - there
    expected = planned(count, again=False)["new"] + planned(count, again=True)["new"]
    lost += [f"members: {members}, not {expected}"] if members != expected else []
    # The laws of figures recount everything: for a million members the exports' own suffice.
    lost += [f"{found.law}: {found.subject}" for found in (broken() if count <= 100_000 else [])]
    print(lost or "as planned", flush=True)
    return {"tried": tried, "acknowledged": tried - len(lost), "lost": len(lost)}
