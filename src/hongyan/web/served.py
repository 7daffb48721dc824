"""What does each worker of the web server call?

A worker outlives a server that was killed outright, and would keep its port: so it watches who started it.
"""

import multiprocessing
import os

from django.core.wsgi import get_wsgi_application

from hongyan.web.serving import follow

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hongyan.settings")
_server = multiprocessing.parent_process()
if _server is not None and _server.pid is not None:
    # Before everything else is loaded: the server may die while we are still at it.
    follow(_server.pid)
application = get_wsgi_application()
