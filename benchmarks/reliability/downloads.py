"""Downloads from a server that misbehaves at random, by clients that are killed at random.

    python -m benchmarks.reliability downloads --count 200

Each try is a home of its own, in which a data set is asked for up to four times: first with bad
manners of the server, damage on the disk and kills, the last time with an honest server. Every
answer must be the right arrays or a `DataSetError`, and the last must be the right arrays.
"""

import gzip
import hashlib
import http.server
import io
import json
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

import numpy as np

from gyeol.datasets import download, store
from gyeol.datasets.formats import read_idx, read_npz

ARRAYS = {
    "x_train": np.random.default_rng(0).integers(0, 256, (300, 8, 8), np.uint8),
    "y_train": np.arange(300).astype(np.uint8),
}
LAYOUT = {name: (array.shape, "uint8") for name, array in ARRAYS.items()}
PAGE = b"<!DOCTYPE html><html><body>Please sign in</body></html>"


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def _idx(array: np.ndarray) -> bytes:
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), mtime=0)


def _bodies(arrays: dict[str, np.ndarray]) -> dict[str, bytes]:
    return {
        "small.npz": _npz(arrays),
        **{f"{name}.gz": _idx(array) for name, array in arrays.items()},
    }


BODIES = _bodies(ARRAYS)
# Well-formed files that are not the published ones.
OTHERS = _bodies({name: array[::-1].copy() for name, array in ARRAYS.items()})


def data_set(url: str, ways: int) -> store.DataSet:
    """A small data set that is published in one or two ways, each at as many addresses."""

    def file(name: str, sized: bool) -> download.File:
        digest = hashlib.sha256(BODIES[name]).hexdigest()
        urls = tuple(f"{url}/{way}/{name}" for way in range(ways))
        size = len(BODIES[name]) if sized else None
        return download.File(name, urls, download.checksum("sha256", digest), size)

    def read(folder: Path) -> dict[str, np.ndarray]:
        return {name: read_idx(folder / f"{name}.gz", LAYOUT[name][0]) for name in ARRAYS}

    return store.DataSet(
        name="small",
        title="",
        layout=LAYOUT,
        check=store.exact(
            **{name: hashlib.sha256(array).hexdigest() for name, array in ARRAYS.items()}
        ),
        class_names=(),
        origin="",
        sources=(
            store.Source(
                (file("small.npz", True),), lambda folder: read_npz(folder / "small.npz", LAYOUT)
            ),
            store.Source(tuple(file(f"{name}.gz", False) for name in ARRAYS), read, "small-files"),
        )[:ways],
    )


# The client: a process that forks one for each question, so that starting costs nothing -----------


def answer(question: dict) -> str:
    """What a user of the data set sees."""
    os.environ.update(GYEOL_HOME=question["home"], HOME=question["user"])
    download.TIMEOUT, download.PAUSE = question["timeout"], 0.0
    _arrange_kill(question["kill"])
    try:
        arrays = store.load(data_set(question["url"], question["ways"]))
    except download.DataSetError as error:
        return f"named: {error}"
    except Exception:
        return f"other: {traceback.format_exc()}"
    same = arrays.keys() == ARRAYS.keys() and all(
        np.array_equal(arrays[name], array) for name, array in ARRAYS.items()
    )
    return "right" if same else "wrong"


def _arrange_kill(kill: list) -> None:
    """Let this process end itself with SIGKILL at a byte of a transfer, or at an event.

    Events are those of Python's audit hooks: a file opened, renamed or removed, a connection.
    """
    kind, number = kill

    def end() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if kind == "byte":

        def show(self: object, received: int) -> None:
            if received >= number:
                end()

        download._Progress.show = show
    if kind == "event":
        count = 0

        def hook(event: str, args: tuple) -> None:
            nonlocal count
            count += event.startswith(("open", "os.", "socket.", "fcntl.", "shutil."))
            if count == number:
                end()

        sys.addaudithook(hook)


def serve_questions() -> None:
    """Answer the questions that come on the standard input, a line each."""
    for line in sys.stdin:
        question = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            said = answer(question)
            with open(writing, "w") as out:
                out.write(said)
            os._exit(0)
        os.close(writing)
        if question["kill"][0] == "second":
            time.sleep(question["kill"][1])
            os.kill(child, signal.SIGKILL)  # not yet waited for, so the number is still its own
        with open(reading) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps(said or ("killed" if killed else f"other: status {status}")), flush=True)


# The server ---------------------------------------------------------------------------------------


class Server:
    """An HTTP server that answers each request in a manner drawn at random."""

    def __init__(self) -> None:
        self.random: random.Random | None = None  # None: honest
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = BODIES[self.path.rpartition("/")[2]]
                manner = server.random.choice(MANNERS) if server.random else _honest
                if manner is _another_version:
                    body = OTHERS[self.path.rpartition("/")[2]]
                manner(self, body, server.random)
                self.close_connection = True

            def log_message(self, *args: object) -> None:
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that was killed

        self.httpd = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.httpd.server_port}"
        threading.Thread(target=self.httpd.serve_forever, args=(0.05,), daemon=True).start()


def _send(
    handler: http.server.BaseHTTPRequestHandler,
    body: bytes,
    *,
    ranges: bool = True,
    length: int | None = None,
    until: int | None = None,
    **headers: str,
) -> None:
    """The body, or the range of it that was asked for, up to the byte `until` of what is sent."""
    wanted = handler.headers.get("Range") if ranges else None
    start = int(wanted[6:-1]) if wanted else 0
    if start >= len(body):
        return handler.send_error(416)
    rest = body[start:]
    handler.send_response(206 if start else 200)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if length != -1:
        handler.send_header("Content-Length", str(len(rest) if length is None else length))
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    handler.end_headers()
    handler.wfile.write(rest[:until])
    handler.wfile.flush()


def _honest(handler, body, _) -> None:
    _send(handler, body)


def _another_version(handler, body, draw) -> None:
    _send(handler, body, until=draw.choice([None, draw.randrange(len(body))]))


def _cut(handler, body, draw) -> None:
    _send(handler, body, until=draw.randrange(len(body)))


def _cut_without_resuming(handler, body, draw) -> None:
    _send(handler, body, until=draw.randrange(len(body)), ranges=False)


def _reset(handler, body, draw) -> None:
    _send(handler, body, until=draw.randrange(len(body)))
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _stall(handler, body, draw) -> None:
    _send(handler, body, until=draw.randrange(len(body)))
    time.sleep(0.3)


def _page(handler, body, draw) -> None:
    _send(handler, PAGE, ranges=False, Content_Type=draw.choice(["text/html", "image/png"]))


def _page_of_the_right_length(handler, body, draw) -> None:
    _send(handler, PAGE.ljust(len(body)), Content_Type="application/octet-stream")


def _wrong_byte(handler, body, draw) -> None:
    at = draw.randrange(len(body))
    _send(handler, body[:at] + bytes([body[at] ^ 1 << draw.randrange(8)]) + body[at + 1 :])


def _wrong_length(handler, body, draw) -> None:
    _send(handler, body, length=draw.randrange(2 * len(body)))


def _no_length(handler, body, draw) -> None:
    _send(handler, body, length=-1, until=draw.choice([None, draw.randrange(len(body))]))


def _more(handler, body, draw) -> None:
    _send(handler, body + b"more", length=draw.choice([None, -1]))


def _another_range(handler, body, draw) -> None:
    _send(handler, body[1:] + body[:1])


def _compressed(handler, body, draw) -> None:
    _send(handler, gzip.compress(body), ranges=False, Content_Encoding="gzip")


def _refusal(handler, body, draw) -> None:
    handler.send_error(draw.choice([401, 403, 404, 416, 429, 500, 502, 503]))


def _round_and_round(handler, body, draw) -> None:
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.end_headers()


def _chunks(handler, body, draw) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    whole = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    handler.wfile.write(whole[: draw.choice([None, draw.randrange(len(whole))])])


def _no_http(handler, body, draw) -> None:
    handler.wfile.write(draw.randbytes(draw.randrange(200)))


MANNERS = [
    _honest,
    _honest,
    _honest,
    _cut,
    _cut,
    _cut_without_resuming,
    _reset,
    _stall,
    _page,
    _page_of_the_right_length,
    _wrong_byte,
    _another_version,
    _wrong_length,
    _no_length,
    _more,
    _another_range,
    _compressed,
    _refusal,
    _round_and_round,
    _chunks,
    _no_http,
]


# The tries ----------------------------------------------------------------------------------------


def _damage(home: Path, draw: random.Random) -> None:
    """Ruin one of the files that are there, or put a bad one where there is none."""
    folder = home / draw.choice(["gyeol", "user/.keras"]) / "datasets"
    folder.mkdir(parents=True, exist_ok=True)
    name = draw.choice(["small.npz", ".small.parts/small.npz.part", "small-files/x_train.gz"])
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    body = BODIES[path.name.removesuffix(".part")]
    content = path.read_bytes() if path.is_file() else body
    at = draw.randrange(max(1, len(content)))
    damaged = {
        "cut": content[:at],
        "bit": content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] if content else b"",
        "longer": content + b"more",
        "page": PAGE,
        "random": draw.randbytes(len(content)),
        "another version": OTHERS[path.name.removesuffix(".part")],
    }
    if path.is_dir():
        return
    kind = draw.choice(["folder", "link", *damaged])
    path.unlink(missing_ok=True)
    if kind == "folder" and not name.endswith(".part"):
        path.mkdir()
    elif kind == "link":
        path.symlink_to(home / "nowhere")
    else:
        path.write_bytes(damaged.get(kind, b""))


def run(count: int, seed: int = 0) -> dict[str, int | float | str]:
    """Ask `count` times for a data set, under all that may go wrong.

    Returns:
        "tried"; "right_data_or_named_error", the tries in which nothing else was seen;
        "wrong_data", the answers that held other arrays; "answers" in all, and of them
        "named_errors" and "killed"; "failures", each with the number for `run_one`.
    """
    figures = {
        "tried": 0,
        "right_data_or_named_error": 0,
        "wrong_data": 0,
        "answers": 0,
        "named_errors": 0,
        "killed": 0,
        "failures": [],
    }
    server, client = Server(), _start_client()
    base = Path(tempfile.mkdtemp(prefix="gyeol-downloads-"))
    try:
        for number in range(count):
            answers = run_one(f"{seed}.{number}", server, client, base / str(number))
            bad = [said for said in answers if not said.startswith(("right", "named", "killed"))]
            bad += [f"at last: {answers[-1]}"] if answers[-1] != "right" else []
            figures["tried"] += 1
            figures["right_data_or_named_error"] += not bad
            figures["wrong_data"] += answers.count("wrong")
            figures["answers"] += len(answers)
            figures["named_errors"] += sum(said.startswith("named") for said in answers)
            figures["killed"] += answers.count("killed")
            figures["failures"] += [f"{seed}.{number}: {said}" for said in bad]
            shutil.rmtree(base / str(number), ignore_errors=True)
            if (number + 1) % 50 == 0:
                print(f"{number + 1} of {count}, {len(figures['failures'])} failures", flush=True)
    finally:
        client.stdin.close()
        client.wait()
        client.stdout.close()
        server.httpd.shutdown()
        server.httpd.server_close()
        shutil.rmtree(base, ignore_errors=True)
    return figures


def _start_client() -> subprocess.Popen:
    dropped = {"http_proxy", "https_proxy", "all_proxy"}
    kept = {name: value for name, value in os.environ.items() if name.lower() not in dropped}
    sources = str(Path(store.__file__).parents[2])
    kept |= {"PYTHONPATH": os.pathsep.join([sources, *filter(None, sys.path)])}
    return subprocess.Popen(
        [sys.executable, __file__],
        # Threads of a library's own and fork do not go together.
        env={**kept, "GYEOL_LANG": "en", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def run_one(number: str, server: Server, client: subprocess.Popen, home: Path) -> list[str]:
    """One try: up to three questions in bad circumstances, and one in good ones.

    Returns:
        The answers: 'right', 'wrong', 'killed', 'named: ...' or 'other: ...'.
    """
    draw = random.Random(number)
    home.mkdir(parents=True)
    answers = []
    rounds = draw.randint(1, 3)
    for round_ in range(rounds + 1):
        last = round_ == rounds
        server.random = None if last else random.Random(draw.random())
        if draw.random() < 0.4:
            _damage(home, draw)
        kills = [
            ("none", 0),
            ("byte", draw.randrange(len(BODIES["small.npz"]))),
            ("event", draw.randrange(1, 100)),
            ("second", draw.random() * 0.03),
        ]
        question = {
            "url": server.url,
            "ways": draw.choice([1, 2]),
            "timeout": 30 if last else 0.15,
            "home": str(home / "gyeol"),
            "user": str(home / "user"),
            "kill": kills[0] if last else draw.choice(kills),
        }
        client.stdin.write(json.dumps(question) + "\n")
        client.stdin.flush()
        answers.append(json.loads(client.stdout.readline() or '"other: the client is gone"'))
    return answers


if __name__ == "__main__":
    serve_questions()
