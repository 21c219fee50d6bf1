"""Connections to public addresses alone: a target's name must not lead into our own network.

The name is resolved once, every address it gives is judged, and the connection goes to an address that was judged: a
name that answers differently the second time gains nothing. TLS still proves the name.
"""

import ipaddress
import socket
from collections.abc import Callable

import httpx

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class RefusedAddressError(httpx.ConnectError):
    """The target's name leads to an address that is not public, or nowhere."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def is_public(written: str) -> bool:
    """Whether an address is of the public internet, also when it hides an IPv4 address inside an IPv6 one."""
    address: IPAddress = ipaddress.ip_address(written.partition("%")[0])
    return all(a.is_global and not a.is_multicast and not a.is_reserved for a in _judged(address))


def _judged(address: IPAddress) -> list[IPAddress]:
    """The address, and those it hides; a translated address (NAT64) is only what it is translated into."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    hidden = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
    return [address, *(inner for inner in hidden if inner is not None)]


class PinnedTransport(httpx.BaseTransport):
    """Resolves a name once, judges what it gives, then connects to what was judged and to nothing else."""

    def __init__(self, *, allow_private: bool, resolver: Resolver = resolve) -> None:
        self.allow_private = allow_private
        self.resolver = resolver
        self._known: dict[tuple[str, int], list[str]] = {}
        self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_connections=2), trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Try each address in turn; only a connection never made goes on to the next, so nothing is sent twice."""
        host = request.url.host
        addresses = self._addresses(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        request.extensions = {**request.extensions, "sni_hostname": host}
        original, failure = request.url, RefusedAddressError(f"{host}: no address")
        for address in addresses:
            request.url = original.copy_with(host=address)
            try:
                return self._inner.handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error  # type: ignore[assignment]
        raise failure

    def close(self) -> None:
        """Close the connections kept open."""
        self._inner.close()

    def _addresses(self, host: str, port: int) -> list[str]:
        if (host, port) not in self._known:
            self._known[host, port] = self._resolve(host, port)
        return self._known[host, port]

    def _resolve(self, host: str, port: int) -> list[str]:
        try:
            addresses = self.resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise RefusedAddressError(f"{host}: unknown name ({error})") from None
        if not self.allow_private and not all(map(is_public, addresses)):
            raise RefusedAddressError(f"{host}: not a public address")
        return addresses
