"""Which machine may a call to a provider reach: the configured host, at a public address, and no other?

A name is resolved here, every address it stands for is judged, and the connection goes to the address judged:
a name that changes its mind between the look and the call gains nothing.
"""

import ipaddress
import socket
from collections.abc import Sequence

import httpx

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# Written as IPv6, these lead to an IPv4 address that nobody would have judged.
_CARRIERS = ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
# The neighbours' addresses of old, which the library takes for public.
_NEIGHBOURS = ("fec0::/10",)
_REFUSED = tuple(ipaddress.ip_network(block) for block in (*_CARRIERS, *_NEIGHBOURS))


class NotAllowed(httpx.ConnectError):
    """The call would leave for a machine that is no provider of ours."""


def is_public(address: str) -> bool:
    """Tell whether an address belongs to the public internet; loopback, neighbours and metadata do not."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if found.version == 6 and any(found in block for block in _REFUSED):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def addresses_of(host: str, port: int, *, local: bool) -> list[str]:
    """Resolve a name and judge every address it stands for; one bad address refuses them all."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise httpx.ConnectError("the name does not resolve") from None
    found = list(dict.fromkeys(str(row[4][0]) for row in rows))
    allowed = _is_loopback if local else is_public
    if not found or not all(allowed(address) for address in found):
        raise NotAllowed("the name leads to an address that is not public")
    return found


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


class OnlyTo(httpx.BaseTransport):
    """Passes on calls to one host; `local` is for a stub on this machine, `proxied` when a proxy resolves."""

    def __init__(
        self, base_url: httpx.URL, inner: httpx.BaseTransport, *, local: bool = False, proxied: bool = False
    ) -> None:
        """Remember the one place calls may go to."""
        self._inner, self._local, self._proxied = inner, local, proxied
        self._place = _place(base_url)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to a judged address of the host; the certificate must still name the host."""
        if _place(request.url) != self._place:
            raise NotAllowed("only the configured host is called")
        if self._proxied:
            return self._inner.handle_request(request)
        _, host, port = self._place
        return self._first_that_answers(request, addresses_of(host, port, local=self._local))

    def _first_that_answers(self, request: httpx.Request, addresses: Sequence[str]) -> httpx.Response:
        *others, last = addresses
        for address in others:
            try:
                return self._inner.handle_request(_to(request, address))
            except httpx.ConnectError:
                continue
        return self._inner.handle_request(_to(request, last))

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def _place(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or {"https": 443, "http": 80}.get(url.scheme, 0)


def _to(request: httpx.Request, address: str) -> httpx.Request:
    """Address a request to one machine; it keeps the name in its Host header and for the certificate."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address.partition("%")[0]),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )
