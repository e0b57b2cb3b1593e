"""`RemoteMonitor`, against a server here."""

import http.server
import json
import threading
import urllib.parse

import numpy as np
import pytest

from gyeol.callbacks import RemoteMonitor


@pytest.fixture
def server():
    received = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append((self.path, self.headers["Content-Type"], self.headers["Key"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}", received
        served.shutdown()


def test_each_epoch_is_sent(server):
    root, received = server
    logs = {"loss": np.float32(0.5)}
    RemoteMonitor(root, headers={"Key": "k"}).on_epoch_end(1, logs)
    RemoteMonitor(root, path="/x", send_as_json=True).on_epoch_end(2, logs)
    path, kind, key, body = received[0]
    assert (path, kind, key) == ("/publish/epoch/end/", "application/x-www-form-urlencoded", "k")
    assert json.loads(urllib.parse.parse_qs(body)["data"][0]) == {"epoch": 1, "loss": 0.5}
    assert received[1][:2] == ("/x", "application/json")
    assert json.loads(received[1][3]) == {"epoch": 2, "loss": 0.5}


def test_a_server_that_is_not_there_is_said():
    with pytest.warns(UserWarning, match="could not reach"):
        RemoteMonitor("http://127.0.0.1:9").on_epoch_end(0, {"loss": 1.0})
