"""How is the usual deployment set up: one persistent connection a thread, and nothing else differs?"""

from hongyan.settings import *  # noqa: F403
from hongyan.settings import DATABASES

ROOT_URLCONF = "bench.usual"
DATABASES["default"]["OPTIONS"] = {}
DATABASES["default"]["CONN_MAX_AGE"] = 600
