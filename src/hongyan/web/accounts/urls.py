"""Which address leads to which door: only the doors we use, under the names the library expects."""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.accounts.views import proof
from hongyan.web.console.views import entry

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", entry.sign_in, name="account_login"),
    path("sign-out/", entry.sign_out, name="account_logout"),
    path("prove/", proof.prove_again, name="account_reauthenticate"),
]
