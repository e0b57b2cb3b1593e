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

    body: bytes
    status: int = 200
    content_type: str = "application/octet-stream"
    ranges: bool = True
    length: bool = True
    cut_after: int | None = None  # bytes of each answer before the connection is cut
    stall_after: int | None = None  # bytes before it goes silent
    pause: float = 0.0  # seconds between pieces of a tenth


@dataclass
class Server:
    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)  # path, Range

    def put(self, path: str, body: bytes, **manners) -> str:
        self.pages[path] = Page(body, **manners)
        return f"{self.url}/{path}"


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download, "PAUSE", 0.0)
    stopped = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = self.headers.get("Range")
            here.requests.append((self.path[1:], wanted))
            page = here.pages.get(self.path[1:])
            if page is None:
                return self.send_error(404)
            if page.status != 200:
                return self.send_error(page.status)
            start = int(wanted[6:-1]) if wanted and page.ranges else 0
            if start and start >= len(page.body):
                return self.send_error(416)
            body = page.body[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Type", page.content_type)
            if page.length:
                self.send_header("Content-Length", str(len(body)))
            if start:
                end = len(page.body) - 1
                self.send_header("Content-Range", f"bytes {start}-{end}/{end + 1}")
            self.end_headers()
            self._send(page, body)

        def _send(self, page, body):
            most = page.cut_after if page.stall_after is None else page.stall_after
            step = max(1, len(body) // 10)
            sent = body if most is None else body[:most]
            for at in range(0, len(sent), step):
                self.wfile.write(sent[at : at + step])
                time.sleep(page.pause)
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
    here = Server(f"http://127.0.0.1:{httpd.server_port}")
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield here
    stopped.set()
    httpd.shutdown()
    httpd.server_close()
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
    dropped = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    sources = str(Path(store.__file__).parents[2])
    return {**kept, "PYTHONPATH": os.pathsep.join([sources, *sys.path])}
