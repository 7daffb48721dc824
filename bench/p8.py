"""P8: how many rows of a roster come in each second, beside parse + COPY and django-import-export?

The rows are made of numbers: every run has the same, and nobody in them is real. Ours reads the file in its
cage, checks every cell, seals two numbers, compares with the roster, waits in sealed chunks, and writes; the
floor reads the same file and copies the same columns. Each begins with the same empty branches.
"""

import csv
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from bench.measuring import QUICK_ROUNDS, ROUNDS, Comparison, Rounds, alternate
from hongyan.audit.models import Entry
from hongyan.members.actions import appoint, register_user
from hongyan.members.models import Member
from hongyan.members.permissions import Actor, official
from hongyan.members.roles import Role
from hongyan.members.sealing import id_number_hash, phone_hash, seal_id_number, seal_phone
from hongyan.organizations import paths
from hongyan.organizations.actions import found
from hongyan.organizations.kinds import Kind, Tier
from hongyan.organizations.models import Organization
from hongyan.roster.actions import confirm_intake, go_on, incoming_path, take_in
from hongyan.roster.models import CHOICES, Chunk, Intake, Stage

AT = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
SETUP = "system:setup"
BORN = date(1940, 1, 1)
A_BRANCH = 60
ROWS, QUICK_ROWS = 100_000, 4_000
# The peer is slow: of its default with a preview a small part says as much.
PEER_ROWS, PREVIEW_ROWS = 2_000, 300
TITLES = (
    "序号", "姓名", "性别", "公民身份号码", "民族", "出生日期",
    "学历", "人员类别", "所在党支部", "手机号码", "入党日期", "学位",
)  # fmt: skip
COPIED = (
    "uid", "name", "sex", "ethnicity", "birth_on", "education", "category", "joined_on", "branch_id",
    "branch_path", "phone_sealed", "phone_hash", "id_number_sealed", "id_number_hash", "created_at",
    "created_by",
)  # fmt: skip


def _row(number: int) -> list[str]:
    born = BORN + timedelta(days=number % 25_000)
    joined = born + timedelta(days=6_700)
    return [
        str(number), "党员" + "甲乙丙丁戊己庚辛壬癸"[number % 10], "男" if number % 2 else "女",
        f"000000{born:%Y%m%d}{number // 25_000:03d}A", "汉族", f"{born:%Y-%m-%d}", "高中", "正式党员",
        f"第{number // A_BRANCH}党支部", f"100{number:08d}", f"{joined:%Y-%m-%d}", "无",
    ]  # fmt: skip


class Field:
    """The file, the branches and the department that takes it in."""

    def __init__(self, folder: Path, count: int) -> None:
        """Found the branches, and write one file for each contender."""
        self.folder = folder
        county = found(
            code="county", name="County", kind=Kind.COMMITTEE, tier=Tier.COUNTY, parent=None,
            division_id=None, by=SETUP, at=AT,
        )  # fmt: skip
        self.county = county
        Organization.objects.bulk_create(
            Organization(
                code=f"b{number}", name=f"第{number}党支部", short_name=f"第{number}党支部", kind=Kind.BRANCH,
                tier=Tier.GRASSROOTS, parent=county, path=county.path + paths.segment(number), can_host=True,
                created_at=AT, created_by=SETUP,
            )
            for number in range(count // A_BRANCH + 1)
        )  # fmt: skip
        self.branches = {one.name: one for one in Organization.objects.filter(parent=county)}
        user = register_user(username="department", name="Department", by=SETUP, at=AT)
        appoint(user=user, role=Role.DEPARTMENT, organization=county, from_on=AT.date(), by=SETUP, at=AT)
        self.actor: Actor = official(user, AT.date())

    def file(self, rows: int) -> Path:
        """Write an export of so many rows."""
        path = self.folder / f"{rows}.csv"
        if not path.exists():
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                out = csv.writer(file)
                out.writerow(TITLES)
                out.writerows(map(_row, range(rows)))
        return path

    def empty(self) -> None:
        """Leave everything as it was."""
        Chunk.objects.all().delete()
        Intake.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM members_member")


def _timed(field: Field, rows: int, how: Callable[[Field, int], None]) -> Callable[[], float]:
    def turn() -> float:
        begin = time.perf_counter()
        how(field, rows)
        seconds = time.perf_counter() - begin
        if Member.objects.count() != rows:
            raise ValueError(f"{Member.objects.count()} of {rows} rows came in")
        field.empty()
        return rows / seconds

    return turn


def ours(field: Field, rows: int) -> None:
    """Take in, compare, confirm and write."""
    with incoming_path(field.file(rows)) as file:
        intake = take_in(
            key=f"p8-{time.monotonic_ns()}", organization=field.county, file=file, by=field.actor, at=AT
        )
    confirm_intake(intake=intake, kinds=CHOICES, by=field.actor, at=AT)
    while go_on(intake=intake, at=AT, seconds=60).stage != Stage.DONE:
        pass


def _parsed(field: Field, rows: int) -> Iterator[dict[str, str]]:
    with field.file(rows).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def parse_and_copy(field: Field, rows: int) -> None:
    """Read the file and copy its columns: no check, no seal, no comparison."""
    rest = [one for one in Member._meta.concrete_fields if not one.primary_key and one.column not in COPIED]
    names = (*COPIED, *(str(one.column) for one in rest))
    unsaid = tuple(one.get_default() for one in rest)
    branches = {name: (one.pk, one.path) for name, one in field.branches.items()}
    into = f"COPY members_member ({', '.join(names)}) FROM STDIN"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in _parsed(field, rows):
            number = row["公民身份号码"]
            copy.write_row(
                    (
                        row["序号"], row["姓名"], "male", row["民族"], row["出生日期"], row["学历"], "full",
                        row["入党日期"], *branches[row["所在党支部"]], row["手机号码"].encode(),
                        row["手机号码"], number.encode(), number, AT, SETUP, *unsaid,
                    )
                )  # fmt: skip


def _resource(field: Field, **options: Any) -> Any:
    """Write the import as django-import-export's own documentation does, with our two numbers sealed."""
    from import_export import fields, resources, widgets

    class Branch(widgets.ForeignKeyWidget):  # type: ignore[misc]
        def clean(self, value: str, row: Any = None, **rest: Any) -> Organization:
            return field.branches[value]

    class MemberResource(resources.ModelResource):  # type: ignore[misc]
        id_number_hash = fields.Field(attribute="id_number_hash", column_name="id_number_hash")
        branch = fields.Field(
            attribute="branch", column_name="所在党支部", widget=Branch(Organization, "name")
        )
        name = fields.Field(attribute="name", column_name="姓名")
        birth_on = fields.Field(attribute="birth_on", column_name="出生日期", widget=widgets.DateWidget())
        joined_on = fields.Field(attribute="joined_on", column_name="入党日期", widget=widgets.DateWidget())
        education = fields.Field(attribute="education", column_name="学历")

        class Meta:
            model = Member
            import_id_fields = ("id_number_hash",)
            fields = ("id_number_hash", "branch", "name", "birth_on", "joined_on", "education")
            use_bulk, skip_diff = options["bulk"], options["bulk"]
            batch_size = 1000

        def before_save_instance(self, instance: Member, row: Any, **rest: Any) -> None:
            instance.branch_path = instance.branch.path
            instance.sex, instance.created_at, instance.created_by = "male", AT, SETUP
            instance.phone_sealed = seal_phone(row["手机号码"], instance.uid)
            instance.phone_hash = phone_hash(row["手机号码"])
            instance.id_number_sealed = seal_id_number(row["公民身份号码"], instance.uid)

    return MemberResource()


def _dataset(field: Field, rows: int) -> Any:
    from tablib import Dataset

    data = Dataset().load(field.file(rows).read_text(encoding="utf-8-sig"), format="csv")
    data.append_col([id_number_hash(number) for number in data["公民身份号码"]], header="id_number_hash")
    return data


def peer_bulk(field: Field, rows: int) -> None:
    """Let django-import-export do it in bulk, without a preview."""
    result = _resource(field, bulk=True).import_data(_dataset(field, rows), raise_errors=True)
    if result.has_errors():
        raise ValueError("the peer made errors")


def peer_preview(field: Field, rows: int) -> None:
    """Let django-import-export do it as its admin does: a dry run to look at, then the import."""
    resource, dataset = _resource(field, bulk=False), _dataset(field, rows)
    resource.import_data(dataset, dry_run=True, raise_errors=True)
    resource.import_data(dataset, dry_run=False, raise_errors=True)


OURS, FLOOR = "ours, csv", "parse + COPY"
BULK, PREVIEW = "django-import-export, bulk", "django-import-export, preview"


def measure(quick: bool) -> list[Comparison]:
    """Let everybody take in the same rows in turn."""
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        field = Field(Path(folder), rows)
        few = min(rows, PEER_ROWS)
        turns = {
            OURS: _timed(field, rows, ours),
            FLOOR: _timed(field, rows, parse_and_copy),
            BULK: _timed(field, few, peer_bulk),
            PREVIEW: _timed(field, min(few, PREVIEW_ROWS), peer_preview),
        }
        rounds = alternate(turns, QUICK_ROUNDS if quick else ROUNDS)
    entries = Entry.objects.filter(verb="enrol_many").count()
    if not entries:
        raise ValueError("ours left no audit")
    return _lines(rounds)


def _lines(rounds: Rounds) -> list[Comparison]:
    # No floor is required of COPY, only aimed at; the peers are.
    wanted = ((FLOOR, None, 0.7), (BULK, 10.0, None), (PREVIEW, 60.0, None))
    return [
        Comparison(
            "P8", OURS, beside, "rows/s", rounds.middle(OURS), rounds.middle(beside), required=must, aim=aim,
            spread=f"{rounds.spread(OURS)}; {rounds.spread(beside)}",
        )
        for beside, must, aim in wanted
    ]  # fmt: skip
