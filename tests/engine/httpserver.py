"""A small real HTTP server that can misbehave: every route writes its own bytes to a raw socket, with TLS or without.

It serves from real threads, one for each connection, and remembers what it was asked.
"""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Received:
    """One request as it came."""

    connection: int
    """Number of the connection, from 1."""
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Value of a header field."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass
class Peer:
    """The client's end of a connection, for a route to write to."""

    connection: socket.socket
    stopping: threading.Event
    keeps_alive: bool = True

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.connection.sendall(data)

    def answer(self, body: bytes, *fields: str, status: str = "200 OK") -> None:
        """Send a well-formed answer."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields, "", ""]
        self.send("\r\n".join(lines).encode("latin-1") + body)

    def close(self) -> None:
        """End the connection when the route returns."""
        self.keeps_alive = False

    def reset(self) -> None:
        """End the connection rudely."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.keeps_alive = False

    def hang(self) -> None:
        """Say nothing until the client goes away or the server stops."""
        self.keeps_alive = False
        self.connection.settimeout(0.05)
        while not self.stopping.is_set():
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue


Route = Callable[[Peer, Received], None]


@dataclass
class HttpServer:
    """Listens on a free port of a loopback address while its with-block lasts."""

    routes: dict[str, Route]
    """By path, without the query."""
    tls: ssl.SSLContext | None = None
    address: str = "127.0.0.1"
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    """Accepted so far."""
    closed: set[int] = field(default_factory=set)
    """Numbers of the connections that have ended, by either side."""

    def __enter__(self) -> HttpServer:
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((self.address, 0))
        self._listener.settimeout(0.05)
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *details: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()
        self._listener.close()

    @property
    def url(self) -> str:
        """Base URL."""
        return f"{'https' if self.tls else 'http'}://{self.address}:{self.port}"

    def asked(self, path: str) -> list[Received]:
        """The requests for a path."""
        return [request for request in self.requests if request.target.partition("?")[0] == path]

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            self._start(self._serve, connection, self.connections)

    def _serve(self, connection: socket.socket, number: int) -> None:
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(5)
            try:
                if self.tls is not None:
                    connection = self.tls.wrap_socket(connection, server_side=True)
                with connection:
                    self._talk(connection, number)
            except OSError:
                pass  # the client left, or did not like the certificate
        self.closed.add(number)

    def _talk(self, connection: socket.socket, number: int) -> None:
        pending = b""
        while True:
            pending = self._until(connection, pending, lambda data: b"\r\n\r\n" in data)
            if not pending:
                return
            head, _, rest = pending.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ")
            headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
            request = Received(number, method, target, headers, b"")
            length = int(request.header("content-length") or 0)
            rest = self._until(connection, rest, lambda data, length=length: len(data) >= length)
            request.body, pending = rest[:length], rest[length:]
            self.requests.append(request)
            peer = Peer(connection, self._stopping)
            self.routes[target.partition("?")[0]](peer, request)
            if not peer.keeps_alive:
                return

    def _until(self, connection: socket.socket, data: bytes, enough: Callable[[bytes], bool]) -> bytes:
        connection.settimeout(0.05)
        while not enough(data):
            try:
                more = connection.recv(65536)
            except TimeoutError:
                if self._stopping.is_set():
                    return b""
                continue
            if not more:
                return b""
            data += more
        connection.settimeout(5)
        return data


@dataclass
class Authority:
    """A certificate authority of our own, in a folder."""

    folder: Path

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        certificate = self._signed(self._name, self._key, None)
        self.ca_file = self.folder / "authority.pem"
        self.ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, host: str) -> ssl.SSLContext:
        """TLS settings of a server that proves to be `host`."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key, host)
        pem = self.folder / f"{host}.pem"
        pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context

    def _signed(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, host: str | None) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if host is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
