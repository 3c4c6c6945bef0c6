"""The command line as a process of its own: interrupted, out of space, from elsewhere."""

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scene_search.engine import cli

from tests.support.patchwork import write_patchwork

COMMAND = [sys.executable, "-I", str(Path(cli.__file__).with_name("launch.py"))]


def test_standard_output_is_the_json_alone(tmp_path, tiny_encoder):
    write_patchwork(tmp_path / "a.tif", 128)
    command = [*COMMAND, "index", tmp_path, "--index", tmp_path / "i.gpkg", "--json"]
    done = subprocess.run([*command, "--encoder", tiny_encoder], capture_output=True, text=True)
    assert done.returncode == 0
    assert json.loads(done.stdout)["sources"] == 1
    assert "\r" not in done.stderr, "a moving line is for terminals"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "ascii:strict", "latin-1"])
def test_a_terminal_that_cannot_print_a_name(tmp_path, tiny_encoder, encoding):
    """Pipes on Windows take the letters of one region; a run must not end over the others."""
    write_patchwork(tmp_path / "in" / "衛星.tif", 128)
    (tmp_path / "in" / "空.tif").write_bytes(b"")
    (tmp_path / "in" / os.fsdecode(b"\xe4.tif")).symlink_to(tmp_path / "in" / "空.tif")
    index = tmp_path / "i.gpkg"
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    for arguments in (
        ("index", tmp_path / "in", "--index", index, "--encoder", tiny_encoder),
        ("search", "--index", index, "--text", "water"),
        ("search", "--index", index, "--text", "water", "--output", tmp_path / "衛.csv"),
    ):
        command = [sys.executable, "-m", "scene_search.engine.cli", *arguments]
        done = subprocess.run(command, capture_output=True, env=environment)
        assert done.returncode == 0, done.stderr
        assert b"\\u885b\\u661f.tif" in done.stdout or b"\\u7a7a.tif" in done.stdout
        assert b"defect" not in done.stderr
    failed = [*command[:3], "search", "--index", tmp_path / "衛.gpkg", "--text", "a"]
    done = subprocess.run(failed, capture_output=True, env=environment)
    assert done.returncode == 1
    assert b"\\u885b.gpkg does not exist" in done.stderr


def test_a_reader_that_stops_is_no_failure_to_talk_about(tmp_path, patchwork_index):
    command = [*COMMAND, "search", "--index", patchwork_index, "--text", "a"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.wait(60) == 1
    assert b"Traceback" not in process.stderr.read()


def test_ctrl_c_stops_cleanly_and_the_next_run_goes_on(tmp_path, tiny_encoder):
    write_patchwork(tmp_path / "a.tif", 2048, patch=128)
    index = tmp_path / "i.gpkg"
    command = [*COMMAND, "index", tmp_path, "--index", index, "--encoder", tiny_encoder]
    command += ["--tile-size", "64"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while _tiles(index) < 32 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - sent < 3  # a second for the work, the rest for a noisy machine
    assert process.returncode == 130
    assert out == b""
    assert b"cancelled; what was finished is kept" in err
    assert b"Traceback" not in err
    kept = _tiles(index)
    assert 32 <= kept < 1024


def test_ctrl_c_ends_it_though_a_thread_is_stuck_in_native_code():
    code = """
import concurrent.futures, ctypes, sys, time
from scene_search.engine import cli
from scene_search.engine.commands import doctor
def run(arguments, progress):
    concurrent.futures.ThreadPoolExecutor(1).submit(ctypes.CDLL(None).sleep, 60)
    print("stuck", flush=True)
    while True:
        progress.check()
        time.sleep(0.02)
doctor.run = run
sys.argv[1:] = ["doctor"]
sys.exit(cli.main())
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(10) == 130
        finally:
            process.kill()


def test_a_kill_loses_nothing_that_was_written_and_the_next_run_goes_on(tmp_path, tiny_encoder):
    write_patchwork(tmp_path / "a.tif", 1536, patch=128)
    index = tmp_path / "i.gpkg"
    command = [*COMMAND, "index", tmp_path, "--index", index, "--encoder", tiny_encoder]
    command += ["--tile-size", "64", "--json"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while _tiles(index) < 64 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    kept = _tiles(index)
    assert 64 <= kept < 576
    done = subprocess.run(command, capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert (report["tiles"], report["resumed"]) == (576, 1)
    assert report["tiles_added"] == 576 - kept


def _tiles(index):
    if not index.exists():
        return 0
    connection = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT count(*) FROM tiles").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def test_a_full_disk(tmp_path, tiny_encoder):
    """A limit on the size of files stands in for the disk."""
    write_patchwork(tmp_path / "imagery" / "a.tif", 1024)
    index = tmp_path / "i.gpkg"
    command = [*COMMAND, "index", tmp_path / "imagery", "--index", index, "--tile-size", "64"]
    command += ["--encoder", tiny_encoder]

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    full = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)
    assert full.returncode == 1
    assert "Free some space" in full.stderr.splitlines()[-1]
    kept = _tiles(index)
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 0 < kept < 256
    assert _tiles(index) == 256


def test_doctor_keeps_the_home_folder_to_itself(tmp_path, tiny_encoder):
    home = tmp_path / "home" / "anna.schmidt"
    home.mkdir(parents=True)
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home)}
    done = subprocess.run(
        [*COMMAND, "doctor"], capture_output=True, text=True, env=environment, check=True
    )
    assert "anna.schmidt" not in done.stdout
    for words in ("onnxruntime", "gdal", "proj", "threads", "free", "Problems"):
        assert words in done.stdout


def test_launching_from_a_copy_of_the_package_runs_that_copy(tmp_path):
    """As in QGIS, where the engine's environment may hold another version."""
    root = Path(cli.__file__).parents[2]
    copy = tmp_path / "plugins" / "scene_search"
    shutil.copytree(root / "plugin", copy, ignore=shutil.ignore_patterns("__pycache__"))
    text = (root / "metadata.txt").read_text("utf-8").replace("version=0.", "version=77.")
    (copy / "metadata.txt").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", copy / "engine" / "launch.py", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("scene-search 77.")
