"""A headless Chromium, spoken to through a pipe (the DevTools protocol), for tests of pages."""

import base64
import contextlib
import io
import json
import os
import select
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-dev-shm-usage", "--remote-debugging-pipe"),
)
_SECONDS = 60


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """One page in a browser; tests that need it are skipped where there is none."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None or os.name != "posix":
        pytest.skip("no Chromium or Chrome is installed, or none that can be spoken to here")
    browser = Browser(program, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


class Browser:
    """A page in a browser that has just been started, with a profile of its own."""

    def __init__(self, program, profile):
        import fcntl

        ours = [*os.pipe(), *os.pipe()]
        # The browser reads from its descriptor 3 and writes to 4; others must not be there yet.
        read, self._out, self._in, write = (fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in ours)
        for descriptor in ours:
            os.close(descriptor)
        placing = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
        placing += "os.execv(sys.argv[3], sys.argv[3:])"
        python = [sys.executable, "-IS", "-c", placing, str(read), str(write)]
        self._process = subprocess.Popen(
            [*python, program, *_OPTIONS, f"--user-data-dir={profile}"],
            pass_fds=(read, write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read)
        os.close(write)
        self._rest, self._number, self._events, self._session = b"", 0, [], None
        page = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def close(self):
        with contextlib.suppress(OSError, ConnectionError, TimeoutError):
            self._call("Browser.close")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._out)
        os.close(self._in)

    def open(self, path, width, scheme):
        """Load a file in a window so wide, in 'light' or 'dark'.

        Returns:
            The addresses that it asked for, and what the browser complained of.
        """
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        wanted = [{"name": "prefers-color-scheme", "value": scheme}]
        self._call("Emulation.setEmulatedMedia", features=wanted)
        self._events.clear()
        self._call("Page.navigate", url=path.as_uri())
        until = time.monotonic() + _SECONDS
        while not self._of("Page.loadEventFired"):
            self._read(until)
        self.value("1")
        asked = [event["request"]["url"] for event in self._of("Network.requestWillBeSent")]
        complaints = [event["entry"]["text"] for event in self._of("Log.entryAdded")]
        return asked, complaints

    def value(self, expression):
        """What an expression in JavaScript gives; the page's own policy does not hold for it."""
        result = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    def screenshot(self):
        """The whole page as pixels (height, width, 3)."""
        size = self.value("[innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
        taken = self._call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        with Image.open(io.BytesIO(base64.b64decode(taken["data"]))) as image:
            return np.asarray(image.convert("RGB"))

    def _of(self, method):
        return [event["params"] for event in self._events if event["method"] == method]

    def _call(self, method, **params):
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + _SECONDS
        while True:
            got = self._read(until)
            if got.get("id") == self._number:
                assert "error" not in got, got
                return got["result"]

    def _read(self, until):
        """The next message; events are kept."""
        while b"\0" not in self._rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._in], [], [], left)[0]:
                raise TimeoutError("The browser does not answer.")
            more = os.read(self._in, 1 << 20)
            if not more:
                raise ConnectionError("The browser has ended.")
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        message = json.loads(message)
        if "method" in message:
            self._events.append(message)
        return message
