"""A web server with bad manners, a home of one's own, and the real data sets where they are."""

import http.server
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gyeol.datasets import download, store

REAL = ("mnist", "fashion_mnist", "pima")
SHARED = Path(__file__).parents[2].parent / "shared" / "datasets"


@dataclass
class Page:
    """What the server does with one address."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/octet-stream"
    ranges: bool = True
    length: bool | int = True  # whether it is told, or what is told
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None  # bytes of each answer before the connection is cut
    stall_after: int | None = None  # bytes before it goes silent
    pause: float = 0.0  # seconds between pieces of a tenth
    piece: int | None = None  # bytes that a range gives at most
    off: int = 0  # by which a range begins later than asked for
    chunked: bool = False
    endless: bool = False
    heeds_etag: bool = True
    then: "Page | None" = None  # what stands there after the first request


@dataclass
class Server:
    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)  # path, Range
    httpd: http.server.ThreadingHTTPServer | None = None
    others: list[http.server.ThreadingHTTPServer] = field(default_factory=list)

    def put(self, path: str, body: bytes = b"", **manners) -> str:
        self.pages[path] = Page(body, **manners)
        return f"{self.url}/{path}"

    page = Page

    def over_tls(self, context) -> str:
        """The address of the same pages over TLS."""
        handler = self.httpd.RequestHandlerClass
        secure = type(self.httpd)(("127.0.0.1", 0), handler)
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        self.others.append(secure)
        threading.Thread(target=secure.serve_forever, args=(0.05,), daemon=True).start()
        return f"https://127.0.0.1:{secure.server_port}"


PROXIES = [
    written
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    for written in (name, name.upper())
]


@pytest.fixture
def server(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download, "PAUSE", 0.0)
    stopped = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = self.headers.get("Range")
            path = self.path.removeprefix(here.url).removeprefix("/")
            here.requests.append((path, wanted))
            page = here.pages.get(path)
            if page is None:
                return self.send_error(404)
            if page.then is not None:
                here.pages[path] = page.then
            if page.status >= 400:
                return self.send_error(page.status)
            told = self.headers.get("If-Range", "") if page.heeds_etag else ""
            same = told in ("", page.headers.get("ETag"))
            moved = 300 <= page.status < 400
            start = int(wanted[6:-1]) if wanted and page.ranges and same and not moved else 0
            if start and start >= len(page.body):
                return self.send_error(416)
            start += page.off if start else 0
            body = page.body[start:]
            body = body[: page.piece] if start else body
            self.send_response(206 if start and page.status == 200 else page.status)
            self.send_header("Content-Type", page.content_type)
            if page.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            elif page.length:
                length = len(body) if page.length is True else page.length
                self.send_header("Content-Length", str(length))
            if start:
                end = start + len(body) - 1
                self.send_header("Content-Range", f"bytes {start}-{end}/{len(page.body)}")
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if page.endless:
                while True:  # until the client hangs up
                    self.wfile.write(bytes(1 << 16))
            self._send(page, body)

        def do_CONNECT(self):  # what a proxy is asked for https addresses
            here.requests.append((self.path, None))
            self.send_error(403)

        def _send(self, page, body):
            most = page.cut_after if page.stall_after is None else page.stall_after
            step = max(1, len(body) // 10)
            sent = body if most is None else body[:most]
            for at in range(0, len(sent), step):
                block = sent[at : at + step]
                if page.chunked:
                    block = b"%x\r\n%s\r\n" % (len(block), block)
                self.wfile.write(block)
                time.sleep(page.pause)
            if page.chunked and sent == body:
                self.wfile.write(b"0\r\n\r\n")
            self.wfile.flush()
            if page.stall_after is not None:
                stopped.wait(20)
            self.close_connection = True

        def log_message(self, *args):
            pass

    class Quiet(http.server.ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            pass  # clients of these tests hang up in the middle

    httpd = Quiet(("127.0.0.1", 0), Handler)
    here = Server(f"http://127.0.0.1:{httpd.server_port}", httpd=httpd)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield here
    stopped.set()
    for one in (httpd, *here.others):
        one.shutdown()
        one.server_close()
    thread.join()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The folder of the data sets in a fresh GYEOL_HOME; the user's home is fresh as well."""
    monkeypatch.setenv("GYEOL_HOME", str(tmp_path / "gyeol"))
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "user"))
    monkeypatch.setenv("GYEOL_LANG", "en")
    store._say_once.cache_clear()
    folder = tmp_path / "gyeol" / "datasets"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def real_datasets(tmp_path_factory):
    """A GYEOL_HOME with the real mnist, fashion_mnist and pima, shared by a test run's workers."""
    if not (SHARED / "unpack.py").exists():
        pytest.skip(f"needs the real data sets in {SHARED}")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if run else base) / f"real-{run}"
    home.mkdir(exist_ok=True)
    with download.locked(home / "lock", lambda: None):
        if not (home / "datasets").exists():
            command = [sys.executable, str(SHARED / "unpack.py"), str(home / "unpacking"), *REAL]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            (home / "unpacking").rename(home / "datasets")
    return home


@pytest.fixture
def at_real(real_datasets, home, monkeypatch):
    """The real data sets, with `home`'s fresh user home."""
    monkeypatch.setenv("GYEOL_HOME", str(real_datasets))
    return real_datasets / "datasets"


@pytest.fixture
def environment(home):
    """The environment for a process of its own that imports gyeol from this checkout."""
    kept = {name: value for name, value in os.environ.items() if name not in PROXIES}
    sources = str(Path(store.__file__).parents[2])
    return {**kept, "PYTHONPATH": os.pathsep.join([sources, *sys.path])}
