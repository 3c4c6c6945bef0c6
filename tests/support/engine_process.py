"""The engine as QGIS starts it: a child process that speaks JSON-RPC, for tests."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

LAUNCHER = Path(__file__).parents[2] / "plugin" / "engine" / "launch.py"


class EngineProcess:
    """Starts ``launch.py serve`` and keeps every message it writes."""

    def __init__(self, log_path):
        self.log_path = Path(log_path)
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-I", str(LAUNCHER), "serve"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.lines = queue.Queue()
        self.messages = []
        self._next = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(15)
        finally:
            self.process.kill()

    @property
    def log(self):
        return self.log_path.read_text("utf-8", "replace")

    def write(self, line: bytes):
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def send(self, method, params=None, *, request_id=None):
        """Send a request and return its id."""
        if request_id is None:
            self._next += 1
            request_id = self._next
        message = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params or {}}
        self.write(json.dumps(message).encode())
        return request_id

    def cancel(self, request_id):
        params = {"id": request_id}
        message = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": params}
        self.write(json.dumps(message).encode())

    def next(self, timeout=60):
        """Return the next message; a line that is no JSON fails the test."""
        message = json.loads(self.lines.get(timeout=timeout))
        self.messages.append(message)
        return message

    def wait_for(self, matches, timeout=60):
        """Return the first message, seen or to come, for which ``matches`` holds."""
        for message in self.messages:
            if matches(message):
                return message
        deadline = time.monotonic() + timeout
        while True:
            message = self.next(max(deadline - time.monotonic(), 0.01))
            if matches(message):
                return message

    def answer(self, request_id, timeout=60):
        return self.wait_for(lambda m: "method" not in m and m.get("id") == request_id, timeout)

    def first_progress(self, request_id, timeout=60):
        return self.wait_for(
            lambda m: m.get("method") == "$/progress" and m["params"]["token"] == request_id,
            timeout,
        )["params"]["value"]

    def call(self, method, params=None, timeout=60):
        """Return the result of a request; an error fails the test."""
        message = self.answer(self.send(method, params), timeout)
        assert "result" in message, message
        return message["result"]

    def fail(self, method, params=None, timeout=60):
        """Return the error of a request that must fail."""
        message = self.answer(self.send(method, params), timeout)
        assert "error" in message, message
        return message["error"]
