"""Servers on loopback for the tests: Oxigraph, Virtuoso, a small Graph Store, and a line that can be cut."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

VIRTUOSO = shutil.which("virtuoso-t")
ROWS = 200  # the most that Virtuoso answers with here

_INI = """
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = vt.db
TransactionFile = vt.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = {rows}
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """A server's process, from when it takes connections to the end of the block."""
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, cwd=folder, stderr=log, stdout=log) as run,
    ):
        try:
            until = time.monotonic() + 60
            while True:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert run.poll() is None and time.monotonic() < until, (folder / "log").read_text()
                time.sleep(0.05)
            yield
        finally:
            run.kill()


@contextmanager
def oxigraph(folder: Path, *options: str) -> Iterator[str]:
    """An Oxigraph server in memory, by its address."""
    port = free_port()
    binary = str(Path(sys.executable).with_name("oxigraph"))
    with running([binary, "serve", "--bind", f"127.0.0.1:{port}", *options], port, folder):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def virtuoso(folder: Path) -> Iterator[str]:
    """A Virtuoso with a new database, by its address. Its user and password are dba."""
    assert VIRTUOSO
    sql, http = free_port(), free_port()
    (folder / "v.ini").write_text(_INI.format(sql=sql, http=http, rows=ROWS))
    with running([VIRTUOSO, "+configfile", "v.ini", "+foreground"], http, folder):
        yield f"http://127.0.0.1:{http}"


class Wire:
    """A TCP connection to a server that can be cut: ``room`` bytes go to the server, no more.

    Then it closes them, or keeps them in silence where it ``stalls``, until ``room`` is given anew.
    """

    def __init__(self, url: str, room: float = float("inf"), *, stalls: bool = False) -> None:
        target = urlsplit(url)
        self._target = (target.hostname, target.port)
        self.room = room
        self.stalls = stalls
        self.connections = 0
        self.is_cut = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self.connections += 1
                server = socket.create_connection(self._target)
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._forth, args=(client, server), daemon=True).start()
                threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(4096):
                part = data[: int(min(self.room, len(data)))]
                self.room -= len(part)
                server.sendall(part)
                if len(part) < len(data):
                    self.is_cut.set()
                    if self.stalls:
                        return
                    break
        for each in (client, server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(4096):
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


class Shelf(ThreadingHTTPServer):
    """A Graph Store. Where it ``asks`` who comes, that is user "u" with password "p" (Basic), or token "t".

    ``troubles`` are the statuses that it answers the next requests with, before it does what it should.
    """

    daemon_threads = True

    def __init__(self, *, asks: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _ShelfHandler)
        self.asks = asks
        self.graphs: dict[str, bytes] = {}
        self.troubles: list[int] = []
        self.page = ("text/html", "")  # the answer to a query
        self.seen: list[tuple[str, str]] = []  # path, Authorization
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _ShelfHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Shelf

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        shelf, url = self.server, urlsplit(self.path)
        given = self.headers.get("Authorization", "")
        shelf.seen.append((self.path, given))
        if shelf.troubles:
            self._answer(shelf.troubles.pop(), {"Retry-After": "0"})
        elif url.path == "/old":
            self._answer(302, {"Location": f"/new?{url.query}"})
        elif url.path == "/away":
            self._answer(307, {"Location": "http://example.invalid/"})
        elif shelf.asks and given not in (f"Basic {base64.b64encode(b'u:p').decode()}", "Bearer t"):
            self._answer(401, {"WWW-Authenticate": 'Basic realm="shelf"'})
        else:
            (graph,) = parse_qs(url.query)["graph"]
            assert self.headers["Content-Type"] == "application/n-triples"
            shelf.graphs[graph] = body
            self._answer(204, {})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type_, text = self.server.page
        self._answer(200, {"Content-Type": type_}, text.encode())

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the output of the tests clean."""
