"""`RemoteMonitor`."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

import numpy as np

from gyeol.callbacks.callback import Callback
from gyeol.serialization import exported
from gyeol.text import tr, warn


@exported("keras.callbacks")
class RemoteMonitor(Callback):
    """Sends the metrics of each epoch to a server, by POST.

    Args:
        root: the server's address.
        path: where on the server.
        field: the form's field that holds the JSON, unless `send_as_json`.
        headers: further headers.
        send_as_json: whether to send plain JSON in place of a form.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Mapping[str, str] | None = None,
        send_as_json: bool = False,
    ):
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        plain = {name: np.asarray(value).tolist() for name, value in (logs or {}).items()}
        text = json.dumps({"epoch": epoch, **plain})
        kind, body = "application/json", text
        if not self.send_as_json:
            kind = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode({self.field: text})
        address = self.root + self.path
        headers = {"Content-Type": kind, **(self.headers or {})}
        request = urllib.request.Request(address, body.encode(), headers, method="POST")
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except (OSError, urllib.error.URLError) as error:
            warn(
                tr(
                    "RemoteMonitor could not reach {address}: {reason}.",
                    address=address,
                    reason=error,
                )
            )
