"""What does the server call for the usual deployment?"""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
