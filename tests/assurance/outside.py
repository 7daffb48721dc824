"""Does guessing from outside stop at the limit when four processes of a running server are asked at once?

Really started by `hongyan serve`: what each process counted for itself, four of them would let through four times.
Minutes long, and within one window of a quarter of an hour: a campaign, asked for by its name. The suite counts from
eight processes without a server (tests/web/accounts/test_processes.py).
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from hongyan.members.actions import LIMITS
from tests.faults.installation import Installation
from tests.privacy.test_canary_sweep import CODE, ENROL, LINK, PASSWORD, PHONE, Browser, marked, told

pytestmark = pytest.mark.database

WORKERS, CLIENTS, GUESSES = 4, 8, 60
OFFICIAL, ANOTHER, NOBODY, NOBODYS_PHONE = (
    "village_secretary",
    "community_secretary",
    "nobody_of_this_name",
    "10099999321",
)
ALERT = re.compile(r'role="alert">(.*?)</', re.DOTALL)
# A window of time that ends during a test would begin its counts anew.
WINDOW, NEEDED = 15 * 60, 240
PLANTED = """
from collections import Counter
from hongyan.settings import *
counts = Counter()
def spend_each(tried):
    from hongyan.members.actions import LIMITS
    counts.update((name, about) for name, about, at in tried)
    return all(counts[name, about] <= LIMITS[name].times for name, about, at in tried)
class Early:
    def __init__(self, get_response):
        import hongyan.web.accounts.guessing as guessing
        guessing.spend_each = spend_each
        self.get_response = get_response
    def __call__(self, request):
        return self.get_response(request)
MIDDLEWARE = ["planted_settings.Early", *MIDDLEWARE]
"""


def stranger(installation: Installation, network: str) -> Browser:
    """Open a browser on another network, with the token that every form carries."""
    browser = Browser(installation)
    browser.client.headers["X-Forwarded-For"] = network
    browser.client.get("/sign-in/")
    return browser


def said(answer: httpx.Response) -> str:
    """Read the sentence of a refusal; where one is sent on, its address."""
    found = ALERT.search(answer.text)
    return found[1].strip() if found else f"{answer.status_code} {answer.headers.get('Location', '')}"


def at_once(guess: Callable[[int], str], times: int = GUESSES) -> Counter[str]:
    """Guess from many clients side by side; count what was answered."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(pool.map(guess, range(times)))


def looked_at(answers: Counter[str]) -> int:
    """Count the guesses that were compared with anything at all."""
    return sum(count for sentence, count in answers.items() if "次数太多" not in sentence)


def from_networks(
    installation: Installation, path: str, prefix: str, count: int, **fields: str
) -> Counter[str]:
    """Send a form many times side by side, from so many networks in turn."""
    browsers = [stranger(installation, f"{prefix}.{number}.7") for number in range(count)]

    def guess(turn: int) -> str:
        browser = browsers[turn % count]
        filled = {name: value.format(turn=turn) for name, value in fields.items()}
        token = next(value for name, value in browser.client.cookies.items() if "csrf" in name)
        # A client of its own for each: eight of them knock at the same moment.
        with httpx.Client(
            base_url=browser.client.base_url, headers=browser.client.headers, timeout=90
        ) as one:
            one.cookies.update(browser.client.cookies)
            return said(one.post(path, data={**filled, "csrfmiddlewaretoken": token}))

    return at_once(guess)


def installed(folder: Path, vendor: str) -> Installation:
    """Fill an installation that stands behind one proxy, so that strangers come from many networks."""
    installation = Installation(folder, vendor)
    installation.environment["HONGYAN_PROXIES"] = "1"
    done = installation.command("demo", "--scale", "small")
    assert done.returncode == 0, done.stderr
    return installation


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, database_vendor: str) -> Iterator[Installation]:
    """Start an installation with four processes of the server."""
    installation = installed(tmp_path_factory.mktemp("outside"), database_vendor)
    installation.start(workers=WORKERS)
    yield installation
    installation.stop()


@pytest.fixture(autouse=True)
def in_one_window() -> None:
    """Wait for the next window when this one is nearly over."""
    left = WINDOW - time.time() % WINDOW
    if left < NEEDED:
        time.sleep(left)


def test_passwords(running: Installation) -> None:
    owner = stranger(running, "203.0.113.9")
    right = {"username": OFFICIAL, "password": told(running, PASSWORD)}
    owner.post("/sign-in/password/", "/sign-in/", status=302, **right)
    form = {"path": "/sign-in/password/", "password": "guess number {turn}"}
    one, none = (
        from_networks(running, prefix=prefix, count=1, username=name, **form)
        for prefix, name in (("100.11", OFFICIAL), ("100.12", NOBODY))
    )
    assert one == none
    assert looked_at(one) == LIMITS["password_guessed"].times
    everywhere, nowhere = (
        from_networks(running, prefix=prefix, count=20, username=name, **form)
        for prefix, name in (("100.13", ANOTHER), ("100.14", f"{NOBODY}_either"))
    )
    print(
        f"passwords: 4 x {GUESSES} at {WORKERS} processes, {looked_at(one)} and {looked_at(everywhere)} looked at"
    )
    assert everywhere == nowhere
    assert looked_at(everywhere) == LIMITS["password_guessed_from_all"].times
    # His own browser is counted apart: he comes in while strangers have used theirs up.
    owner.client.cookies.delete("sessionid")
    owner.client.get("/sign-in/")
    owner.post("/sign-in/password/", "/sign-in/", status=302, **right)
    late = stranger(running, "203.0.113.10").post("/sign-in/password/", "/sign-in/", status=400, **right)
    assert "次数太多" in said(late)


def test_phone_codes(running: Installation) -> None:
    told(running, ENROL)
    owner = stranger(running, "203.0.114.9")
    owner.post("/sign-in/code/ask/", "/sign-in/", status=302, phone=PHONE)
    code = told(running, CODE)
    owner.post("/sign-in/code/", "/sign-in/code/", status=302, code=code)
    asked = {
        phone: from_networks(running, "/sign-in/code/ask/", prefix, 20, phone=phone)
        for prefix, phone in (("100.21", PHONE), ("100.22", NOBODYS_PHONE))
    }
    counted = {phone: looked_at(answers) for phone, answers in asked.items()}
    assert set(asked[PHONE]) == set(asked[NOBODYS_PHONE])
    allowed = LIMITS["code_sent_to_phone_from_all"].times
    # The owner's first visit was a stranger's.
    assert counted == {PHONE: allowed - 1, NOBODYS_PHONE: allowed}
    # His own browser still gets a code, and comes in by it.
    owner.client.cookies.delete("sessionid")
    owner.client.get("/sign-in/")
    owner.post("/sign-in/code/ask/", "/sign-in/", status=302, phone=PHONE)
    guessed = {}
    for who in (owner, stranger(running, "203.0.114.10")):
        if who is not owner:
            who.post("/sign-in/code/ask/", "/sign-in/", status=302, phone="10099999322")
        wrong = f"{(int(told(running, CODE)) + 1) % 10**6:06}"
        guessed[who is owner] = at_once(lambda turn, who=who, wrong=wrong: said(_again(who, wrong)))  # type: ignore[misc]
    print(
        f"codes: 2 x {GUESSES} asked for, {counted} sent or as if; 2 x {GUESSES} guesses, {looked_at(guessed[True])} looked at"
    )
    assert guessed[True] == guessed[False]
    assert looked_at(guessed[True]) == LIMITS["code_guessed"].times


def _again(who: Browser, code: str) -> httpx.Response:
    """Guess at a code in a session, beside others in the same one."""
    token = next(value for name, value in who.client.cookies.items() if "csrf" in name)
    with httpx.Client(base_url=who.client.base_url, headers=who.client.headers, timeout=90) as one:
        one.cookies.update(who.client.cookies)
        return one.post("/sign-in/code/", data={"code": code, "csrfmiddlewaretoken": token})


def test_paper_codes_and_links(running: Installation) -> None:
    guessed = from_networks(running, "/sign-in/paper/", "100.31", 1, code="ABCD-EFGH-{turn:04}")
    assert looked_at(guessed) == LIMITS["paper_code_guessed_from_address"].times
    link = told(
        running,
        LINK.format(
            pk=marked(running, told(running, ENROL.replace(PHONE, "10073916825").replace("857C", "858C")))
        ),
    )
    client = httpx.Client(base_url=f"http://127.0.0.1:{running.port}", timeout=90)
    token = link.strip("/").removeprefix("r/")

    def forged(turn: int) -> str:
        place = turn % len(token)
        bent = token[:place] + ("x" if token[place] != "x" else "y") + token[place + 1 :]
        answer = client.get(f"/r/{bent}/")
        return f"{answer.status_code} {len(answer.cookies)}"

    answers = at_once(forged, len(token))
    print(
        f"paper: {GUESSES} guesses, {looked_at(guessed)} looked at; links: {len(token)} forged, {dict(answers)}"
    )
    assert all(answer.startswith(("404", "410")) for answer in answers)
    assert stranger(running, "203.0.115.9").get(link)


def test_a_planted_count_of_each_process_lets_more_through(tmp_path: Path, database_vendor: str) -> None:
    installation = installed(tmp_path, database_vendor)
    (tmp_path / "planted_settings.py").write_text(PLANTED, encoding="utf-8")
    installation.environment |= {"PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "planted_settings"}
    installation.start(workers=WORKERS)
    try:
        form = {"username": OFFICIAL, "password": "guess number {turn}"}
        answers = from_networks(installation, "/sign-in/password/", "100.11", 1, **form)
    finally:
        installation.stop()
    print(f"planted: {looked_at(answers)} of {GUESSES} looked at by {WORKERS} processes that count alone")
    assert looked_at(answers) > LIMITS["password_guessed"].times
