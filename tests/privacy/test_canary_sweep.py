"""Is nothing of a member left behind after a whole journey: in files, rows, logs, sessions, caches, exports?

A really running server, a member whose every value is a canary, and then every byte the installation has written.
Number, phone and position lie nowhere; address and name only where the policy (privacy/retention.toml) says so.
"""

import json
import re
import time
import tomllib
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

import hongyan.privacy
from tests.faults.installation import PATIENCE, Installation
from tests.privacy.sweeping import Sweep, encodings_of, on_disk, rows_of, written_so_far
from tests.web.mobile.pages import hidden

pytestmark = pytest.mark.database

NAME, PHONE, ID_NUMBER = "缪长庚", "10073916824", "62062119570713857C"
OTHER_PHONE = "10079426813"
ADDRESS = "枇杷巷八百三十七号院"
LAT, LNG = "36.0523719", "103.8276127"
NOWHERE = {
    "phone": PHONE,
    "number": ID_NUMBER,
    "number to come": OTHER_PHONE,
    "latitude": LAT,
    "longitude": LNG,
    "rounded latitude": "36.052372",
    "rounded longitude": "103.827613",
    "position": f"{float(LAT):.3f},{float(LNG):.3f}",
    "position, the other way": f"{float(LNG):.3f},{float(LAT):.3f}",
    "position as JSON": f'"lat": {float(LAT):.3f}',
}
# Somebody on no roster, met by a community and come forward from a poster: of him nothing lies in clear.
MET, MET_PHONE, MET_HOME = "逄石亭", "10076835219", "枇杷里十九弄"
NOWHERE |= {"name of somebody met": MET, "phone of somebody met": MET_PHONE, "home of somebody met": MET_HOME}
SOMEWHERE = {"name": NAME, "address": ADDRESS}

ENROL = f"""
from django.utils import timezone
from hongyan.members.actions import enrol
from hongyan.members.models import Appointment, Sex
branch = Appointment.objects.get(user__username="village_secretary").organization
member = enrol(name={NAME!r}, sex=Sex.MALE, branch=branch, phone={PHONE!r}, id_number={ID_NUMBER!r},
               by="system:setup", at=timezone.now())
print(member.pk)
"""
LINK = "from hongyan.journeys.models import Journey; from hongyan.journeys.links import path_for; " + (
    "print(path_for(Journey.objects.get(pk={pk})))"
)
CODE = (
    "from hongyan.notifications.models import Notice; from hongyan.notifications.actions import facts_of; "
    "print(facts_of(Notice.objects.filter(kind='sign_in_code').latest('pk'))['code'])"
)
COMMUNITY = (
    "SELECT a.organization_id FROM members_appointment a JOIN members_user u ON u.id = a.user_id"
    " WHERE u.username = 'community_secretary'"
)
POSTER = (
    "from hongyan.finding.models import Company; from hongyan.finding.posters import poster_path; "
    "print(poster_path(Company.objects.get()))"
)
ASKED = (
    "from hongyan.finding.models import Referral; from hongyan.finding.posters import referral_path; "
    "print(referral_path(Referral.objects.latest('pk')))"
)
PASSWORD = "from django.conf import settings; print(settings.DEMO_PASSWORD)"


class Browser:
    """A browser on the running server: cookies, and the token that every form carries."""

    def __init__(self, installation: Installation) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{installation.port}", timeout=PATIENCE)

    def get(self, address: str, **query: Any) -> str:
        """Read a page."""
        answer = self.client.get(address, params=query or None, follow_redirects=True)
        assert answer.status_code == 200, (address, answer.status_code, answer.text[-600:])
        return answer.text

    def post(self, address: str, page: str = "", *, status: Any = 0, **fields: Any) -> httpx.Response:
        """Send a form as the page at `page` would."""
        if "csrftoken" not in "".join(self.client.cookies.keys()):
            self.client.get(page or "/sign-in/")
        token = next(value for name, value in self.client.cookies.items() if "csrftoken" in name)
        origin = str(self.client.base_url).rstrip("/")
        answer = self.client.post(
            address, data={**fields, "csrfmiddlewaretoken": token}, headers={"Referer": f"{origin}{page}"}
        )
        wanted = (200, 201, 302, 303) if not status else (status,)
        assert answer.status_code in wanted, (address, answer.status_code, answer.text[-600:])
        return answer


def told(installation: Installation, code: str) -> str:
    """Run a few lines in the installation and return the last word they print."""
    done = installation.command("shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def called(installation: Installation, who: str, path: str, **body: Any) -> Any:
    """Make a move through the API."""
    headers = {"Authorization": f"Bearer {installation.token(who)}", "Idempotency-Key": uuid.uuid4().hex}
    answer = httpx.post(f"{installation.api}{path}", json=body, headers=headers, timeout=PATIENCE)
    assert answer.is_success, answer.text
    return answer.json()


def marked(installation: Installation, member: str) -> int:
    """Let the village mark the canary as away, by its own page."""
    browser = Browser(installation)
    browser.post("/sign-in/", card="village_secretary")
    page = browser.get("/mark/", q=NAME)
    assert NAME in page
    key = re.search(r'name="key" value="([0-9a-f]{32})"', page)
    assert key
    today = time.strftime("%Y-%m-%d")
    browser.post(
        "/mark/", "/mark/", key=key[1], member=member, departs_on=today, reason="work",
        destination_text="甘肃省兰州市城关区", destination="620102",
    )  # fmt: skip
    found = installation.query(f"SELECT id FROM journeys_journey WHERE member_id = {int(member)}")
    return int(found[0][0])


def checked_in(installation: Installation, link: str) -> None:
    """Let the member show his position, confirm the place and add his address."""
    browser = Browser(installation)
    browser.get(link)
    page = browser.get(link)
    consent = {name: value for name, value in _fields(page).items() if name not in ("lat", "lng")}
    sent = {**consent, "lat": LAT, "lng": LNG, "accuracy": "40", "crs": "wgs84", "age": "2"}
    answer = browser.post(link + "place/", link, **sent)
    fields = hidden(answer.text, "check-in")
    browser.post(link + "check-in/", link, **{**fields, "community": ADDRESS})
    browser.get("/m/")


def _fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that sends the position."""
    try:
        return hidden(page, "place")
    except StopIteration:
        return {}


def hosted_and_returned(installation: Installation, journey: int, link: str) -> None:
    """Let the officials dispatch, accept and keep in touch, the member go home, and the village end it."""
    path = f"/journeys/{journey}"
    desk = installation.query(f"SELECT holder_id FROM journeys_journey WHERE id = {journey}")[0][0]
    community = installation.query(COMMUNITY)[0][0]
    if desk != community:
        words = {"target": community, "note": "以居住地为准"}
        called(installation, "province_department", f"{path}/decide", **words)
    called(installation, "community_secretary", f"{path}/accept", party_group="第二党小组")
    called(installation, "community_secretary", f"{path}/contact", note="一切正常")
    browser = Browser(installation)
    page = browser.get(link + "return/")
    browser.post(link + "return/", link, **hidden(page, "return"))
    called(installation, "village_secretary", f"{path}/hold-return-talk", note="在外一切正常")
    called(installation, "community_secretary", f"{path}/write-closing", note="表现良好")
    called(installation, "village_secretary", f"{path}/end", reason="returned")


def signed_in_and_asked(installation: Installation) -> None:
    """Let the member sign in by a code, read, export and ask for a correction; let the window look him up."""
    browser = Browser(installation)
    browser.post("/sign-in/code/ask/", "/sign-in/", phone=PHONE)
    browser.post("/sign-in/code/", "/sign-in/code/", code=told(installation, CODE))
    assert NAME in browser.get("/m/my-data/", show="1")
    assert PHONE in browser.post("/m/my-data/export/", "/m/my-data/", form="json").text
    browser.post(
        "/m/my-data/correct/", "/m/my-data/correct/", field="phone", value=OTHER_PHONE, note=f"搬到{ADDRESS}"
    )
    clerk = Browser(installation)
    clerk.post("/sign-in/", card="window_clerk")
    assert NAME in clerk.post("/window/", "/window/", number=ID_NUMBER, name=NAME).text
    clerk.post("/window/", "/window/", status=422, number=PHONE, name="查无此人")


def exported(installation: Installation) -> None:
    """Let the village take its list out, after proving itself once more."""
    browser = Browser(installation)
    browser.post("/sign-in/", card="village_secretary")
    browser.post("/prove/", "/prove/", password=told(installation, PASSWORD))
    page = browser.get("/exports/ask/")
    key = re.search(r'name="key" value="([0-9a-f]{32})"', page)
    purpose = re.search(r'<option value="([a-z_]+)"', page) or re.search(
        r'name="purpose" value="([a-z_]+)"', page
    )
    assert key
    assert purpose
    asked = browser.post(
        "/exports/ask/", "/exports/ask/", key=key[1], purpose=purpose[1], words="年度核对台账"
    )
    made = browser.post(f"{asked.headers['Location']}make/", asked.headers["Location"])
    assert made.content[:2] == b"PK"


def found_and_came_forward(installation: Installation) -> None:
    """Let a community register the canary and somebody on no roster, and let both come forward from a poster."""
    community = Browser(installation)
    community.post("/sign-in/", card="community_secretary")
    for name, phone, home in ((NAME, PHONE, ""), (MET, MET_PHONE, MET_HOME)):
        fields = {"name": name, "phone": phone, "home": home, "consent": "spoken", "key": uuid.uuid4().hex}
        community.post("/found/register/", "/found/register/", **fields)
        assert MET not in community.get("/found/")
    county = Browser(installation)
    county.post("/sign-in/", card="chengguan_department")
    assert MET in county.get("/found/", of="asked")
    poster = told(installation, POSTER)
    for name, phone in ((NAME, PHONE), (MET, MET_PHONE)):
        person = Browser(installation)
        person.get(poster)
        person.post(poster, poster, name=name, phone=phone)
        link = told(installation, ASKED)
        assert name in person.get(link)
        person.post(link, link, name=name, home=MET_HOME)


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory, database_vendor: str) -> tuple[Installation, str]:
    """Walk the whole journey on a real server and stop it; return it, and where PostgreSQL's log had come to before."""
    installation = Installation(tmp_path_factory.mktemp("swept"), database_vendor)
    since = written_so_far(installation.database) if installation.database else ""
    temporary = installation.folder / "temporary"
    temporary.mkdir()
    installation.environment["TMPDIR"] = str(temporary)
    done = installation.command("demo", "--scale", "small")
    assert done.returncode == 0, done.stderr
    installation.start()
    try:
        member = told(installation, ENROL)
        journey = marked(installation, member)
        link = told(installation, LINK.format(pk=journey))
        checked_in(installation, link)
        hosted_and_returned(installation, journey, link)
        signed_in_and_asked(installation)
        exported(installation)
        found_and_came_forward(installation)
        # Until what is to be sent has been sent.
        time.sleep(5)
    finally:
        installation.stop()
    dump = installation.command("dumpdata", "--output", str(installation.folder / "dump.json"))
    assert dump.returncode == 0, dump.stderr
    return installation, since


def personal_columns() -> set[str]:
    """Read the columns in which the policy lets a person's words lie in clear."""
    path = Path(hongyan.privacy.__file__).parent / "retention.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["tables"]
    found = set()
    for table, rules in tables.items():
        for column, own in rules.get("columns", {}).items():
            if own.get("class", rules.get("class")) in ("personal", "sensitive"):
                found.add(f"{table}.{column}")
    return found


def test_numbers_and_positions_lie_nowhere(swept: tuple[Installation, str]) -> None:
    installation, since = swept
    sweep = Sweep(NOWHERE)
    assert sweep.in_rows(rows_of(installation.folder, installation.database)) == {}
    assert sweep.in_files(installation.folder) == {}
    files = list(on_disk(installation.database, since)) if installation.database else []
    assert {
        path: hits for path in files if path.is_file() and (hits := sweep.plainly(path.read_bytes()))
    } == {}
    # A member's name lies in these files, by right: they are the ones he was written to.
    assert not files or any(NAME.encode() in path.read_bytes() for path in files if path.is_file())


def test_name_and_address_lie_only_where_the_policy_says(swept: tuple[Installation, str]) -> None:
    installation, _ = swept
    sweep = Sweep(SOMEWHERE)
    columns = sweep.in_rows(rows_of(installation.folder, installation.database))
    assert columns.get("members_member.name") == {"name"}
    assert [column for column, hits in columns.items() if "name" in hits] == ["members_member.name"]
    assert set(columns) <= personal_columns()
    files = set(sweep.in_files(installation.folder))
    database = {"hongyan.sqlite3", "hongyan.sqlite3-wal"} if not installation.database else set()
    assert files <= database | {"dump.json"}


def test_the_dump_holds_no_more_than_the_columns_do(swept: tuple[Installation, str]) -> None:
    installation, _ = swept
    rows = json.loads((installation.folder / "dump.json").read_text(encoding="utf-8"))
    sweep = Sweep(SOMEWHERE)
    named = {
        f"{row['model']}.{name}"
        for row in rows
        for name, value in row["fields"].items()
        if "name" in sweep.in_bytes(str(value).encode())
    }
    assert named == {"members.member.name"}


@pytest.mark.parametrize("what", ["phone", "number", "position", "latitude"])
def test_a_planted_leak_is_found(what: str, tmp_path: Path) -> None:
    sweep, value = Sweep(NOWHERE), NOWHERE[what]
    for number, piece in enumerate(sorted(encodings_of(value))):
        (tmp_path / f"{number}.log").write_bytes(b"POST /r/ " + piece + b" 200")
    found = sweep.in_files(tmp_path)
    # By which of its names does not matter: a position and its rounding begin alike.
    assert len(found) == len(encodings_of(value))


def test_a_planted_session_is_found(db: None, tmp_path: Path) -> None:
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    # A number of its own: PostgreSQL's log of writes keeps it, where the test above looks.
    planted = "10061728394"
    session = SessionStore()
    session["phone"] = planted
    session["note"] = "x" * 400
    session.save()
    stored = Session.objects.get(pk=session.session_key).session_data
    assert planted not in stored
    assert Sweep({"phone": planted}).in_rows(iter([("django_session.session_data", stored)])) == {
        "django_session.session_data": {"phone"}
    }
