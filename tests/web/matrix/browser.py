"""How does the matrix send a request without what it does not ask for?"""

from typing import Any

from django.test import Client


class Browser(Client):
    """A browser that keeps no copy of what the templates were told: nobody here asks for it."""

    def request(self, **request: Any) -> Any:
        """Send one request, and give back the answer as it is."""
        return self.handler(self._base_environ(**request))  # type: ignore[attr-defined]
