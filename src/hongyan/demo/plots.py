"""Which courses does an invented period away take, and how often?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from hongyan.demo.flows import Flows, may_send_on
from hongyan.demo.lives import Life
from hongyan.demo.reasons import Reasons, Way
from hongyan.demo.tree import Node, Tree
from hongyan.geography.calendar import SHANGHAI
from hongyan.geography.names import full_name
from hongyan.journeys import searches
from hongyan.journeys.states import CloseReason, Purpose, Verb
from hongyan.organizations.kinds import Tier

DAYS = 730
# The mouth in which most people leave: after the Spring Festival, then after the summer.
MONTHS = (0.6, 2.2, 2.6, 1.4, 0.9, 0.7, 0.8, 1.0, 1.2, 0.7, 0.5, 0.4)
EMPLOYERS = (
    "长河建筑劳务有限公司", "云帆快递服务部", "新禾餐饮管理有限公司", "恒川物业服务有限公司", "北辰纺织有限公司",
    "远程货运有限公司", "晨光装饰工程有限公司", "朝露家政服务部", "沃野农业科技有限公司", "汇泽电子有限公司",
)  # fmt: skip
CLOSINGS = ("参加组织生活正常，党费按时交纳", "积极参加志愿服务，表现良好", "纳管时间较短，情况正常")
LOOKED_FOR = (
    (searches.Way.PHONE, searches.Outcome.NOTHING, "三次拨打都是停机"),
    (searches.Way.WECHAT, searches.Outcome.NOTHING, "同乡群里留言，没有回复"),
    (searches.Way.FAMILY, searches.Outcome.TRACE, "家属说换了工地，新号码还不知道"),
)
TALKS = ("在外一切正常", "学到技术，打算在家乡开店", "近期还要外出，已叮嘱及时报到")
GROUPS = ("第一党小组", "第二党小组", "第三党小组", "新就业群体党小组")


class Stage:
    """Everything a plot needs: where people are, where they go, what the time is."""

    def __init__(self, tree: Tree, flows: Flows, reasons: Reasons, random: Random, now: datetime) -> None:
        self.tree = tree
        self.flows = flows
        self.reasons = reasons
        self.random = random
        self.now = now
        # By organisation: the people who may be somebody's caretaker there.
        self.caretakers: dict[int, list[int]] = {}

    def ago(self, shortest: float, longest: float) -> datetime:
        """Choose a moment of office hours so many days ago."""
        day = self.now - timedelta(days=self.random.uniform(shortest, longest))
        at = day.astimezone(SHANGHAI).replace(hour=8, minute=30, second=0, microsecond=0)
        at += timedelta(minutes=self.random.randrange(540))
        return min(at, self.now - timedelta(days=shortest))

    def season(self, longest: float) -> datetime:
        """Choose a day within the last months as people leave: more in spring."""
        while True:
            at = self.ago(6, longest)
            if self.random.random() * 2.6 < MONTHS[at.month - 1]:
                return at

    def recently(self, hours: float, count: int) -> list[datetime]:
        """Choose ascending moments within the last hours, the last of them a few minutes old at least."""
        spread = sorted((self.random.uniform(0.3, hours) for _ in range(count)), reverse=True)
        return [self.now - timedelta(hours=hour) for hour in spread]


def _gone_before(random: Random) -> int:
    """Choose how many days somebody had been gone when he was marked: some only after years."""
    return (
        random.choice((random.randrange(40, 400), random.randrange(400, 2900)))
        if random.random() < 0.3
        else 0
    )


def _declare(stage: Stage, life: Life, at: datetime, lead_days: int) -> str:
    """Mark, with the county the member says he goes to; return that county."""
    random, county = stage.random, stage.flows.county(life.home)
    departs_on = (at + timedelta(days=lead_days)).astimezone(SHANGHAI).date()
    returns = None
    draw = random.random()
    if lead_days < 0:
        # Who has been gone so long has said nothing about coming back.
        pass
    elif draw < 0.05:
        returns = departs_on + timedelta(days=random.randrange(40, 170))
    elif draw < 0.55:
        returns = departs_on + timedelta(days=random.randrange(200, 900))
    talked = random.random() < 0.75
    life.mark(
        at,
        departs_on,
        expected_return_on=returns,
        destination_id=county,
        reason=random.choices(("work", "business", "study", "family", "other"), (66, 12, 10, 9, 3))[0],
        employer=_employer(stage, county),
        talk_on=at.astimezone(SHANGHAI).date() if talked else None,
        talk_by=life.home.contact_name if talked else "",
    )
    return county


def _employer(stage: Stage, county: str) -> str:
    """Choose where somebody works, if that is known: in a park's county often in the park."""
    names = stage.reasons.workplaces(county)
    if names and stage.random.random() < 0.2:
        return stage.random.choice(names)
    return stage.random.choice(EMPLOYERS) if stage.random.random() < 0.3 else ""


def _place(stage: Stage, county: str, *, sure: bool | None = None) -> str:
    """Choose the place checked in at: a community when the member was sure, else the county."""
    node = stage.flows.community(county)
    if node is None or not node.division:
        return county
    sure = stage.random.random() < 0.7 if sure is None else sure
    return node.division if sure else county


def _arrive(stage: Stage, life: Life, at: datetime, place: str) -> Way:
    way = stage.reasons.way(place, life.home, life.row["employer"])
    node = stage.tree.at.get(place)
    if node and node.has_desk and stage.random.random() < 0.6:
        number = stage.random.randrange(1, 400)
        life.row["destination_text"] = f"{full_name(place[:9])}{node.title.short_name[:-2]}{number}号"
    window = way.desk if way.straight and stage.random.random() < 0.12 else None
    life.check_in(at, place, way.desk, way.explanation, window)
    return way


def _settle(stage: Stage, life: Life, way: Way, county: str) -> None:
    """Bring a case that has checked in to a host."""
    random, desk = stage.random, way.desk
    if not way.straight:
        host = stage.flows.community(county)
        if host is None:
            life.register_outside(life.later(6, 90), stage.tree.at[county], _receipt(random))
            return
        if random.random() < 0.5 and host.parent:
            life.pass_on(Verb.FORWARD, life.later(1, 20), host.parent, purpose=Purpose.DISPATCH)
        life.pass_on(Verb.FORWARD, life.later(1, 20), host, purpose=Purpose.DISPATCH)
        desk = host
    _detour(stage, life, county, desk)
    people = stage.caretakers.get(life.row["holder_id"], [])
    caretaker = random.choice(people) if people and random.random() < 0.75 else None
    life.accept(life.later(1, 40), caretaker=caretaker, group=random.choice(GROUPS) if caretaker else "")


def _receipt(random: Random) -> str:
    return f"电话确认接收，回执编号 {random.randrange(100_000, 999_999)}"


def _detour(stage: Stage, life: Life, county: str, desk: Node) -> None:
    """Sometimes it was the wrong branch: it names a better one, or the liaison station takes over."""
    if not may_send_on(desk):
        return
    random = stage.random
    liaison = stage.tree.by_code.get("demo-pingliang-lanzhou")
    if (
        liaison
        and county[:4] == "6201"
        and (life.home.division or "")[:4] == "6208"
        and random.random() < 0.3
    ):
        note = "经常变更务工地点，由驻兰联络站党支部接收更合适"
        life.pass_on(Verb.REDIRECT, life.later(2, 24), liaison, purpose=Purpose.DISPATCH, note=note)
    elif random.random() < 0.07:
        other = stage.flows.community(county)
        if other and other is not desk:
            note = "实际居住在该社区，已与对方核实"
            life.pass_on(Verb.REDIRECT, life.later(2, 24), other, purpose=Purpose.DISPATCH, note=note)


def _keep_contact(stage: Stage, life: Life) -> None:
    """Talk now and then since the acceptance; most talked within the last month."""
    random, start = stage.random, life.last
    days = (stage.now - start).days
    if days < 26:
        return
    lost = random.random() < 0.02
    # Nobody is given up who was spoken with the other day.
    late = lost or random.random() < 0.04
    last = stage.ago(31, min(45, max(32, days))) if late else stage.ago(0.5, 26)
    if last <= start:
        return
    # Each side has its own clock: home calls the day before the host does.
    at_home = life.by_day(last - timedelta(hours=20))
    between = sorted(
        at
        for at in (life.by_day(start + (last - start) * random.random()) for _ in range(random.randrange(3)))
        if start < at < min(at_home, last)
    )
    host = life.host if life.host and life.host.has_desk else life.home
    for at in between:
        life.contact(at, host if random.random() < 0.6 else life.home)
    if start < at_home < last:
        life.contact(at_home, life.home)
    life.contact(last, host)
    if lost:
        life.lose(life.later(24 * 28, 24 * 31))
        for way, outcome, note in LOOKED_FOR[: random.randrange(4)]:
            life.look_for(life.later(4, 60), way, outcome, note)


def hosted(stage: Stage, life: Life, at: datetime | None = None) -> str:
    """Be kept by a branch where one lives or works."""
    planned = stage.random.random() < 0.1
    county = _declare(stage, life, at or stage.season(DAYS), 3 if planned else -_gone_before(stage.random))
    if planned:
        life.depart(life.later(72, 80))
    way = _arrive(stage, life, life.later(20, 24 * 14), _place(stage, county))
    _settle(stage, life, way, county)
    _keep_contact(stage, life)
    return county


def planned(stage: Stage, life: Life) -> None:
    """Be about to leave."""
    _declare(stage, life, stage.ago(0.2, 8), stage.random.randrange(9, 20))


def awaiting(stage: Stage, life: Life) -> None:
    """Be reminded to check in; every third is late."""
    late = stage.random.random() < 0.3
    county = _declare(stage, life, stage.ago(16, 44) if late else stage.ago(0.2, 13), 0)
    if late and stage.random.random() < 0.5:
        life.contact(life.later(200, 380), life.home, reached=False)
    finder = stage.flows.community(county)
    if finder and stage.random.random() < 0.12:
        at = stage.recently(18, 1)[0]
        if at > life.last:
            life.find(at, finder, _found(finder))


def _found(finder: Node) -> str:
    return f'{{"rule": "routing-1", "reason": "{finder.title.short_name}在当地遇到本人并登记"}}'


def dispatching(stage: Stage, life: Life) -> None:
    """Lie on a desk this moment, at any level."""
    moments = stage.recently(40, 3)
    county = _declare(stage, life, stage.ago(3, 25), 0)
    way = _arrive(stage, life, moments[0], _place(stage, county))
    draw = stage.random.random()
    host = stage.flows.community(county)
    if not way.straight and host and host.parent and draw < 0.55:
        life.pass_on(Verb.FORWARD, moments[1], host.parent, purpose=Purpose.DISPATCH)
        if draw < 0.25:
            life.pass_on(Verb.FORWARD, moments[2], host, purpose=Purpose.DISPATCH)
    elif way.straight and draw < 0.08 and may_send_on(way.desk):
        note = "所留地址已拆迁，电话两次未接，请核实"
        life.pass_on(Verb.SEND_BACK, moments[1], life.home, purpose=Purpose.CHECKING, note=note)
    elif way.straight and draw < 0.14:
        above = stage.tree.above(way.desk, Tier.COUNTY)
        if above:
            note = "两个社区都认为在对方辖区，请裁定"
            life.pass_on(Verb.ESCALATE, moments[1], above, purpose=Purpose.DECISION, note=note)


def relocating(stage: Stage, life: Life) -> None:
    """Have moved on; the old host answers until the new one accepts."""
    hosted(stage, life)
    county = stage.flows.county(life.home)
    at = stage.recently(18, 1)[0]
    if at <= life.last:
        return
    way = stage.reasons.way(_place(stage, county), life.home, "")
    if way.desk is not life.host:
        life.relocate(at, _place_of(way, county), way.desk, way.explanation)


def _place_of(way: Way, county: str) -> str:
    division = way.desk.division or ""
    return division if way.straight and len(division) == 12 else county


def returning(stage: Stage, life: Life) -> None:
    """Be on the way home."""
    hosted(stage, life, stage.season(DAYS))
    life.start_return(max(stage.ago(0.5, 17), life.later(0.1, 2)))
    if stage.random.random() < 0.5:
        life.write_closing(life.later(1, 40), stage.random.choice(CLOSINGS))
    if stage.random.random() < 0.3:
        life.talk(life.later(1, 60), stage.random.choice(TALKS))


def closed(stage: Stage, life: Life) -> None:
    """Have come home, or been transferred, or never left; long ago."""
    random = stage.random
    if random.random() < 0.08:
        _declare(stage, life, stage.ago(420, DAYS), 0)
        life.close(Verb.CANCEL, life.later(5, 100), CloseReason.CANCELLED, "误标，本人未外出")
        return
    county = _declare(stage, life, stage.ago(560, DAYS), 0)
    way = _arrive(stage, life, life.later(20, 24 * 10), _place(stage, county))
    _settle(stage, life, way, county)
    life.contact(life.later(24 * 20, 24 * 30), life.home)
    if random.random() < 0.15:
        life.close(Verb.END, life.later(24 * 30, 24 * 60), CloseReason.TRANSFERRED)
        return
    life.start_return(life.later(24 * 30, 24 * 90))
    life.write_closing(life.later(2, 24 * 3), random.choice(CLOSINGS))
    life.talk(life.later(24, 24 * 7), random.choice(TALKS))
    life.close(Verb.END, life.later(2, 24 * 7), CloseReason.RETURNED, "已完成返回谈话")


Plot = Callable[[Stage, Life], object]
PLOTS: tuple[tuple[Plot, float], ...] = (
    (hosted, 90.7),
    (awaiting, 3.4),
    (dispatching, 1.3),
    (returning, 2.6),
    (planned, 0.6),
    (relocating, 1.4),
)
