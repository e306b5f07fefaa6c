"""Whether a port can be listened on."""

from __future__ import annotations

import socket
from contextlib import closing

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - looked up, not bound


def reachable_host(host: str) -> str:
    """Return the address under which a server that listens on `host` is reached from this machine.

    Examples
    --------
    >>> reachable_host("0.0.0.0"), reachable_host("127.0.0.1")
    ('127.0.0.1', '127.0.0.1')
    """
    return ANY_ADDRESS.get(host, host)


def why_not_free(host: str, port: int) -> str:
    """Return why nobody can listen on a port, or ``""`` where one can."""
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        return f"{host} is no address of this machine ({(error.strerror or str(error)).lower()})"
    if _answers(reachable_host(host), port):
        return "another program listens there"
    family, kind, protocol, _, address = found[0]
    with closing(socket.socket(family, kind, protocol)) as probe:
        # As servers do, so that connections still closing after a stop a moment ago do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            return (error.strerror or str(error)).lower()
    return ""


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that is free now."""
    with closing(socket.socket()) as probe:
        probe.bind((host, 0))
        number = probe.getsockname()[1]
    assert isinstance(number, int)
    return number


def _answers(host: str, port: int) -> bool:
    # On some systems a bind to one address succeeds beside a listener on all of them.
    try:
        socket.create_connection((host, port), timeout=0.3).close()
    except OSError:
        return False
    return True
