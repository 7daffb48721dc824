"""Which kinds of organisation there are, and which of them can take a member in."""

from enum import StrEnum


class Kind(StrEnum):
    """What an organisation is called by the rules of the Party."""

    COMMITTEE = "committee"
    WORK_COMMITTEE = "work_committee"
    GENERAL_BRANCH = "general_branch"
    BRANCH = "branch"
    JOINT_BRANCH = "joint_branch"
    MOBILE_BRANCH = "mobile_branch"


class Tier(StrEnum):
    """Which level of the country an organisation works on."""

    NATION = "nation"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWN = "town"
    GRASSROOTS = "grassroots"


class StationTier(StrEnum):
    """Which of the three tiers of service a place belongs to."""

    WINDOW = "window"
    STATION = "station"
    LIAISON = "liaison"


class AreaKind(StrEnum):
    """Why an area belongs to an organisation: the order of hosting is the order written here."""

    WORKPLACE = "workplace"
    TERRITORY = "territory"
    FALLBACK = "fallback"


class ChangeKind(StrEnum):
    """How an organisation may change."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    CLOSE = "close"
    MOVE = "move"


CHANGE_LABELS = {
    ChangeKind.MERGE: "合并",
    ChangeKind.SPLIT: "分设",
    ChangeKind.RENAME: "改名",
    ChangeKind.CLOSE: "撤销",
    ChangeKind.MOVE: "划转",
}

KIND_LABELS = {
    Kind.COMMITTEE: "党委",
    Kind.WORK_COMMITTEE: "党工委",
    Kind.GENERAL_BRANCH: "党总支",
    Kind.BRANCH: "党支部",
    Kind.JOINT_BRANCH: "联合党支部",
    Kind.MOBILE_BRANCH: "流动党员党支部",
}

TIER_LABELS = {
    Tier.NATION: "全国",
    Tier.PROVINCE: "省",
    Tier.PREFECTURE: "市州",
    Tier.COUNTY: "县区",
    Tier.TOWN: "乡镇街道",
    Tier.GRASSROOTS: "基层",
}

STATION_LABELS = {
    StationTier.WINDOW: "流动党员服务窗口",
    StationTier.STATION: "流动党员服务站",
    StationTier.LIAISON: "流动党员联络站",
}

AREA_LABELS = {
    AreaKind.WORKPLACE: "单位",
    AreaKind.TERRITORY: "居住地",
    AreaKind.FALLBACK: "兜底",
}

BRANCHES = frozenset({Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.JOINT_BRANCH, Kind.MOBILE_BRANCH})


def can_host(kind: Kind | str, tier: Tier | str) -> bool:
    """Tell whether such an organisation can take a member into its own daily life."""
    return kind in BRANCHES or tier == Tier.GRASSROOTS
