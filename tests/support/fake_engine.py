"""A small JSON-RPC engine with bad habits, to test the link without the real one.

Run as a script. Methods: engine.info, echo, env, fail, progress, sleep (obeys cancellation),
hang (does not), die (by exit code or signal), shout (fills standard error), noise (writes text
to standard output), babble (sends messages that are none), pid, child (starts a process that
holds the pipes open), deaf (stops reading).
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time

write_lock = threading.Lock()
cancelled = set()


def send(message):
    with write_lock:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()


def answer(number, result):
    send({"id": number, "result": result})


def handle(number, method, params):
    if method == "echo":
        answer(number, params)
    elif method == "env":
        answer(number, {"env": dict(os.environ), "argv": sys.argv, "path": sys.path})
    elif method == "engine.info":
        import importlib.metadata

        versions = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
        answer(number, {"version": "0", "packages": versions, "executable": sys.executable})
    elif method == "pid":
        answer(number, {"pid": os.getpid()})
    elif method == "fail":
        data = {"type": "RasterError", "hint": "Choose another file", "details": {"path": "a.tif"}}
        send({"id": number, "error": {"code": -32002, "message": "Not a raster", "data": data}})
    elif method == "babble":
        with write_lock:
            for line in ("[" * 100_000, "NaN", '{"id": {}, "result": 1}', '{"id": [1]}'):
                sys.stdout.write(line + "\n")
            for params in ("[1]", "null", '{"token": [1]}', '{"token": 1, "value": 3}'):
                sys.stdout.write(f'{{"method": "$/progress", "params": {params}}}\n')
        answer(number, {"after": "babble"})
    elif method == "progress":
        for done in range(params["total"]):
            value = {"done": done, "total": params["total"], "unit": "tiles", "message": "ü"}
            send({"method": "$/progress", "params": {"token": number, "value": value}})
        answer(number, {"done": params["total"]})
    elif method == "sleep":
        end = time.monotonic() + params["seconds"]
        while time.monotonic() < end:
            if number in cancelled:
                send({"id": number, "error": {"code": -32800, "message": "Cancelled"}})
                return
            time.sleep(0.01)
        answer(number, {"slept": params["seconds"]})
    elif method == "hang":
        time.sleep(3600)
    elif method == "die":
        sys.stderr.write("about to die: http://user:secret@proxy.example:8080\n")
        sys.stderr.flush()
        if "signal" in params:
            os.kill(os.getpid(), getattr(signal, params["signal"]))
            time.sleep(10)
        os._exit(params["code"])
    elif method == "shout":
        for line in range(params["lines"]):
            sys.stderr.write(f"line {line} " + "x" * 200 + "\n")
        sys.stderr.flush()
        answer(number, {})
    elif method == "noise":
        with write_lock:
            sys.stdout.write("a native library says hello\n[1, 2]\n")
        answer(number, {})
    elif method == "child":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        answer(number, {"pid": child.pid})
    else:
        send({"id": number, "error": {"code": -32601, "message": f"No method {method}"}})


def main():
    if "--ignore-end" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for line in sys.stdin:
        message = json.loads(line)
        if message["method"] == "$/cancelRequest":
            cancelled.add(message["params"]["id"])
        elif message["method"] == "deaf":
            answer(message["id"], {})
            time.sleep(3600)
        else:
            request = (message["id"], message["method"], message["params"])
            threading.Thread(target=handle, args=request, daemon=True).start()
    if "--ignore-end" in sys.argv:
        time.sleep(3600)


main()
