"""Every benchmark runs, at a size at which its figures mean nothing."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks import run

BENCHMARKS = Path(run.__file__).parent

#: Those on the papers' benchmarks need data, runs and packages: the tests that make them in small.
WITH_DATA = {
    "retrieval/run.py": "training/test_bench_retrieval.py",
    "retrieval/ablations.py": "training/test_ablation_training.py",
    "retrieval/ceiling.py": "training/test_ceiling.py",
    "retrieval/context.py": "benchmarks/test_context.py",
    "retrieval/filter.py": "benchmarks/test_filter.py",
    "retrieval/unseen.py": "benchmarks/test_unseen.py",
}


def test_every_script_is_run_here_or_by_a_test_of_its_own():
    scripts = {
        path.relative_to(BENCHMARKS).as_posix()
        for path in BENCHMARKS.rglob("*.py")
        if '__name__ == "__main__"' in path.read_text("utf-8")
    }
    here = {script for script, *_ in run.RUNS + run.LONGER}
    assert scripts == here | set(WITH_DATA) | {"run.py"}
    for script, test in WITH_DATA.items():
        text = (Path(__file__).parents[1] / test).read_text("utf-8")
        assert Path(script).stem in text
        assert ".main(" in text, f"{test} should run {script} as a user does"


def test_each_works():
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    result = subprocess.run(
        [sys.executable, BENCHMARKS / "run.py", "--tiny"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    parts = dict(part.split("\n", 1) for part in result.stdout.split("== ")[1:])
    assert [title.split()[0] for title in parts] == [s for s, *_ in run.RUNS + run.LONGER]
    indexing, index_file, scan, tree, queries = parts.values()
    for kind in ("8-bit", "16-bit", "degrees", "jpeg", "no overviews"):
        (line,) = (line for line in indexing.splitlines() if line.startswith(kind))
        numbers = [float(word) for word in line.removeprefix(kind).split()]
        assert len(numbers) == 7
        assert all(number > 0 for number in numbers)
    assert "tiles/s" in index_file
    assert "search" in index_file
    assert "2,000 codes" in scan
    assert "DIFFERENT" not in scan
    assert tree.count("× scan, finds") > 0
    assert "mean" in queries


def test_a_script_that_fails_is_told(monkeypatch, capfd):
    monkeypatch.setattr(run, "RUNS", (("search/scan.py", "--rounds no", ""),))
    assert run.main([]) == 1
    assert "invalid int value: 'no'" in capfd.readouterr().err
