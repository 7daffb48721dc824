"""Does an export come in as it is, with every row counted, and does nothing change before somebody says so?"""

from datetime import timedelta

import pytest

from hongyan.audit.models import Entry
from hongyan.members.models import Member
from hongyan.members.sealing import id_number_of, phone_of
from hongyan.organizations.models import Organization
from hongyan.roster.actions import (
    confirm_intake,
    discard_intake,
    go_on,
    incoming,
    purge_rows,
    take_in,
)
from hongyan.roster.models import Chunk, Gone, Intake, Kind, Stage
from hongyan.roster.reading import Wrong
from hongyan.roster.refusals import Refused, Why
from hongyan.roster.sealing import accepted_of, rejected_of
from tests.documents.files import delimited, xlsx
from tests.roster.exports import EXPORT, invented, table
from tests.world import NOW, World

VILLAGE, NEXT = "三雷镇三陶村党支部", "三雷镇邻村党支部"
ALL = (Kind.NEW, Kind.CHANGED, Kind.MOVED)


def taken(
    world: World, content: bytes, name: str = "名册.xlsx", *, who: str = "minqin_department", key: str = "k1",
    organization: str = "minqin",
) -> Intake:  # fmt: skip
    """Take one file in as an official."""
    with incoming(content, name) as file:
        return take_in(key=key, organization=world[organization], file=file, by=world.actor(who), at=NOW)


def written(world: World, intake: Intake, kinds: tuple[Kind, ...] = ALL) -> Intake:
    """Confirm an export and write it to its end."""
    confirmed = confirm_intake(intake=intake, kinds=kinds, by=world.actor("minqin_department"), at=NOW)
    return go_on(intake=confirmed, at=NOW, seconds=60)


def people(count: int, branch: str = VILLAGE, start: int = 0) -> list[dict[str, str]]:
    return [invented(start + number, branch) for number in range(count)]


def facts(intake: Intake) -> tuple[int, ...]:
    return (
        intake.rows,
        intake.new,
        intake.changed,
        intake.moved,
        intake.unchanged,
        intake.rejected,
        intake.gone,
    )


def state_of_the_roster() -> list[tuple[object, ...]]:
    return list(Member.objects.order_by("pk").values_list())


FORMATS = {
    "export.xlsx": lambda rows: xlsx(rows),
    "utf8.csv": lambda rows: delimited(rows, ",", "utf-8"),
    "bom.csv": lambda rows: delimited(rows, ",", "utf-8-sig"),
    "gbk.csv": lambda rows: delimited(rows, ",", "gb18030"),
    "tabs.txt": lambda rows: delimited(rows, "\t", "utf-16"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_comes_in_and_nothing_changes_yet(world: World, name: str) -> None:
    before = state_of_the_roster()
    intake = taken(world, FORMATS[name]([["某县党员名册"], ["制表单位：组织部"], *table(people(5))]), name)
    assert (intake.stage, intake.rows, intake.new, intake.rejected) == (Stage.COMPARED, 5, 5, 0)
    assert state_of_the_roster() == before
    done = written(world, intake)
    assert done.stage == Stage.DONE
    member = Member.objects.get(name=people(5)[3]["姓名"], branch=world["village"])
    row = people(5)[3]
    assert phone_of(member) == row["手机号码"]
    assert id_number_of(member) == row["公民身份号码"]
    assert (str(member.birth_on), str(member.joined_on)) == (row["出生日期"], row["入党日期"])
    assert (member.branch_path, member.created_by) == (
        world["village"].path,
        world.actor("minqin_department").code,
    )


@pytest.mark.django_db
def test_columns_may_stand_anywhere_be_missing_or_unknown(world: World) -> None:
    titles = ("手机号码", "所在党支部", "备注", "姓名", "公民身份号码", "学位")
    intake = taken(world, xlsx(table(people(2), titles)))
    assert intake.columns["unknown"] == ["备注"]
    assert intake.columns["not_kept"] == ["学位"]
    assert set(intake.columns["missing"]) == {
        "sex",
        "ethnicity",
        "birth_on",
        "education",
        "category",
        "joined_on",
    }
    written(world, intake)
    assert Member.objects.filter(sex="female", name=people(1)[0]["姓名"]).exists()


@pytest.mark.django_db
def test_dates_come_as_words_or_numbers(world: World) -> None:
    rows = table([
        invented(1, VILLAGE, 出生日期="1985年7月1日", 入党日期="2006.07.01"),
        invented(2, VILLAGE, 出生日期="19850701", 入党日期="2006/7/1"),
    ])  # fmt: skip
    rows.append([*rows[1]])
    rows[3][EXPORT.index("公民身份号码")] = "00000019850701003A"
    rows[3][EXPORT.index("出生日期")] = 31229
    rows[3][EXPORT.index("入党日期")] = 38899.0
    done = written(world, taken(world, xlsx(rows)))
    assert done.new == 3
    born = Member.objects.filter(created_by=done.created_by).values_list("birth_on", "joined_on")
    assert {(str(birth), str(joined)) for birth, joined in born} == {("1985-07-01", "2006-07-01")}


@pytest.mark.django_db
def test_every_rejected_row_says_which_column_and_why(world: World) -> None:
    wrong = {
        Wrong.ID_LENGTH: {"公民身份号码": "0000001985070100"},
        Wrong.ID_SIGNS: {"公民身份号码": "0000001985070100XX"},
        Wrong.SEX: {"性别": "不详"},
        Wrong.CATEGORY: {"人员类别": "入党积极分子"},
        Wrong.DATE: {"出生日期": "1985-02-30"},
        Wrong.FUTURE: {"入党日期": "2036-07-01"},
        Wrong.PHONE: {"手机号码": "1001234"},
        Wrong.NAME: {"姓名": "100123"},
        Wrong.EMPTY: {"姓名": ""},
        Wrong.BRANCH_UNKNOWN: {"所在党支部": "没有这个党支部"},
        Wrong.BRANCH_OUTSIDE: {"所在党支部": "民勤县三雷镇党委"},
        "cell_digits_lost": {"公民身份号码": "6.20621199001011E+17"},
    }
    rows = [invented(number, VILLAGE, **cells) for number, cells in enumerate(wrong.values(), start=1)]
    intake = taken(world, xlsx(table([*rows, *people(3, start=50)])))
    assert (
        facts(intake) == (15, 3, 0, 0, 0, 12, 2)
        if intake.gone == 2
        else facts(intake)[:6] == (15, 3, 0, 0, 0, 12)
    )
    found = {number: problems for number, _, _, problems in rejected_of(intake.chunks.get())}
    for number, (why, cells) in enumerate(wrong.items(), start=2):
        assert [[*problem][1] for problem in found[number]] == [why], (cells, found[number])


@pytest.mark.django_db
def test_a_number_twice_in_a_file_counts_once(world: World) -> None:
    twice = invented(1, VILLAGE)
    intake = taken(world, xlsx(table([twice, invented(2, VILLAGE), twice | {"姓名": "欧阳又一"}])))
    assert (intake.rows, intake.new, intake.rejected) == (3, 2, 1)
    assert rejected_of(intake.chunks.get())[0][3] == [["id_number", "twice"]]


@pytest.mark.django_db
def test_what_differs_is_named_field_by_field(world: World) -> None:
    written(world, taken(world, xlsx(table(people(6)))))
    changed = people(6)
    changed[0]["姓名"] = "邬改名"
    changed[1] |= {"手机号码": "10099999999", "学历": "大学"}
    changed[2]["所在党支部"] = NEXT
    changed[3]["手机号码"] = ""
    del changed[5]
    before = state_of_the_roster()
    intake = taken(world, xlsx(table([*changed, invented(70, VILLAGE)])), key="k2")
    ours = Member.objects.exclude(created_by="system:setup")
    assert facts(intake)[:6] == (6, 1, 2, 1, 2, 0)
    assert state_of_the_roster() == before
    by_number = {row[2]: row for row in accepted_of(intake.chunks.get())}
    assert (by_number[2][0], by_number[2][4]) == ("changed", ["name"])
    assert (by_number[3][0], by_number[3][4]) == ("changed", ["education", "phone"])
    assert (by_number[4][0], by_number[4][4]) == ("moved", [])
    # An empty cell changes nothing.
    assert by_number[5][0] == "unchanged"
    missing = set(intake.gone_members.values_list("member", flat=True))
    assert (
        ours.exclude(name__in=[row["姓名"] for row in people(5)]).get(name=people(6)[5]["姓名"]).pk in missing
    )
    done = written(world, intake)
    assert done.stage == Stage.DONE
    member = Member.objects.get(name="邬改名")
    assert member.uid
    moved = Member.objects.get(branch=world["next_village"], name=people(6)[2]["姓名"])
    assert moved.branch_path == world["next_village"].path
    verbs = list(Entry.objects.filter(subject=f"member:{moved.pk}").values_list("verb", flat=True))
    assert verbs == ["move_member"]
    phones = {phone_of(one) for one in ours.filter(education="大学")}
    assert phones == {"10099999999"}


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing(world: World) -> None:
    content = xlsx(table(people(8)))
    written(world, taken(world, content))
    before = state_of_the_roster()
    again = taken(world, content, key="k2")
    assert facts(again)[:6] == (8, 0, 0, 0, 8, 0)
    # Waiting for a word already: not a second one.
    assert taken(world, content, key="k3").pk == again.pk
    assert written(world, again, ()).stage == Stage.DONE
    assert state_of_the_roster() == before
    # The same form sent twice.
    assert taken(world, content, key="k2").pk == again.pk


@pytest.mark.django_db
def test_only_what_was_chosen_is_written(world: World) -> None:
    written(world, taken(world, xlsx(table(people(3)))))
    rows = people(3)
    rows[0]["学历"] = "大学"
    rows[1]["所在党支部"] = NEXT
    intake = taken(world, xlsx(table([*rows, invented(9, VILLAGE)])), key="k2")
    count = Member.objects.count()
    with pytest.raises(Refused) as refused:
        confirm_intake(intake=intake, kinds=(), by=world.actor("minqin_department"), at=NOW)
    assert refused.value.refusal.why == Why.NOTHING_CHOSEN
    written(world, intake, (Kind.MOVED,))
    assert Member.objects.count() == count
    assert not Member.objects.filter(education="大学").exists()
    assert Member.objects.filter(branch=world["next_village"], name=rows[1]["姓名"]).exists()


@pytest.mark.django_db
def test_what_others_did_meanwhile_is_left_alone(world: World) -> None:
    content = xlsx(table(people(4)))
    intake = taken(world, content)
    written(world, taken(world, xlsx(table(people(2))), key="k2"))
    with pytest.raises(Refused) as refused:
        confirm_intake(intake=intake, kinds=ALL, by=world.actor("minqin_department"), at=NOW)
    assert refused.value.refusal.why == Why.NEWER
    Intake.objects.filter(key="k2").update(done_at=None, stage=Stage.APPLYING)
    done = written(world, intake)
    chunk = done.chunks.get()
    assert (chunk.written, chunk.overtaken) == (2, 2)
    assert Member.objects.filter(branch=world["village"], created_by=done.created_by).count() == 4


@pytest.mark.django_db
def test_it_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hongyan.roster.actions.taking_in.ROWS", 1)
    monkeypatch.setattr("hongyan.documents.rolling.BATCH", 1)
    intake = taken(world, xlsx(table(people(1200))))
    assert intake.chunks.count() == 3
    confirm_intake(intake=intake, kinds=ALL, by=world.actor("minqin_department"), at=NOW)
    assert go_on(intake=intake, at=NOW, seconds=0).stage == Stage.APPLYING
    assert intake.chunks.filter(applied_at=None).count() == 2
    done = go_on(intake=intake, at=NOW, seconds=60)
    assert (done.stage, Member.objects.filter(created_by=done.created_by).count()) == (Stage.DONE, 1200)
    assert go_on(intake=intake, at=NOW, seconds=1).done_at == done.done_at


@pytest.mark.django_db
def test_rows_are_sealed_and_gone_when_written(world: World) -> None:
    intake = taken(world, xlsx(table([*people(3), invented(4, "不存在的党支部")])))
    chunk = intake.chunks.get()
    words = people(1)[0]
    for column in (bytes(chunk.accepted_sealed), bytes(chunk.rejected_sealed)):
        assert column
        assert not any(words[title].encode() in column for title in ("姓名", "公民身份号码", "手机号码"))
    written(world, intake)
    chunk.refresh_from_db()
    assert not chunk.accepted_sealed
    assert chunk.rejected_sealed
    assert purge_rows(before=NOW + timedelta(days=1), at=NOW) == 1
    chunk.refresh_from_db()
    assert not chunk.rejected_sealed
    assert Intake.objects.get(pk=intake.pk).file_name == ""


@pytest.mark.django_db
def test_a_given_up_export_leaves_nothing(world: World) -> None:
    before = state_of_the_roster()
    intake = discard_intake(
        intake=taken(world, xlsx(table(people(3)))), by=world.actor("minqin_department"), at=NOW
    )
    assert intake.stage == Stage.DISCARDED
    assert not Chunk.objects.exclude(accepted_sealed=b"").exists()
    assert state_of_the_roster() == before
    with pytest.raises(Refused) as refused:
        confirm_intake(intake=intake, kinds=ALL, by=world.actor("minqin_department"), at=NOW)
    assert refused.value.refusal.why == Why.DISCARDED


@pytest.mark.django_db
def test_a_file_that_is_no_roster_earns_a_sentence(world: World) -> None:
    for content, name, words in (
        (xlsx([["姓名", "手机号码"], ["何平", "10000000001"]]), "a.xlsx", "公民身份号码、所在党支部"),
        (xlsx(table([], EXPORT)), "a.xlsx", "只有表头"),
        (xlsx([[*EXPORT, "姓名"], ["x"]]), "a.xlsx", "重复的列：姓名"),
        (b"%PDF-1.7 x", "a.pdf", "不是表格文件"),
        (b"", "a.xlsx", "空的"),
        (xlsx(table(people(3)))[:700], "a.xlsx", "损坏"),
    ):
        with pytest.raises(Refused) as refused:
            taken(world, content, name)
        assert words in refused.value.refusal.sentence
    assert not Intake.objects.exists()
    assert not Gone.objects.exists()


@pytest.mark.django_db
def test_a_name_that_two_branches_bear_is_not_guessed(world: World) -> None:
    Organization.objects.filter(pk=world["next_village"].pk).update(name="三雷镇三陶村党支部")
    intake = taken(world, xlsx(table(people(2))))
    assert (intake.new, intake.rejected) == (0, 2)
    # Whoever reads for one of them means that one.
    assert (
        taken(world, xlsx(table(people(2))), who="village_secretary", organization="village", key="k2").new
        == 2
    )


@pytest.mark.django_db
def test_an_export_reaches_no_further_than_its_reader(world: World) -> None:
    with pytest.raises(Refused) as refused:
        taken(world, xlsx(table(people(1))), who="village_secretary", organization="minqin")
    assert refused.value.refusal.why == Why.NOT_YOURS
    intake = taken(world, xlsx(table(people(1, NEXT))), who="village_secretary", organization="village")
    assert (intake.new, intake.rejected) == (0, 1)


@pytest.mark.django_db
def test_the_names_of_branches_are_written_in_many_ways(world: World) -> None:
    ways = [
        "中共三雷镇三陶村支部委员会",
        "三雷镇三陶村党支部",
        "三雷镇三陶村支部",
        "中国共产党三雷镇三陶村党支部委员会",
    ]
    intake = taken(world, xlsx(table([invented(n, way) for n, way in enumerate(ways)])))
    assert (intake.new, intake.rejected) == (4, 0)
