"""What is written of measured and unmeasured runs."""

import dataclasses
import json

import pytest

from benchmarks.retrieval import run as command
from benchmarks.retrieval.commands import CommandFailed
from benchmarks.retrieval.goals import BENCHMARKS, SYSTEMS
from benchmarks.retrieval.results_file import merge, points_lost, read_results, write_results
from benchmarks.retrieval.runs import Trained, find_runs
from benchmarks.retrieval.table import BEGIN, END, between_markers, row_names, table

CPU, GPU = "Processor X, 2 cores", "Accelerator Y"


def result(system="ssjdn", benchmark="rsicd", ranking="embedding", bits=None, **more):
    mean = more.pop("mr", 20.0)
    return {
        "system": system,
        "benchmark": benchmark,
        "ranking": ranking,
        "bits": bits,
        "precision": "fp32",
        "run": f"{system}/{benchmark}",
        "passes": 4,
        "epochs": 8,
        "training_seconds": 1234.5,
        "trained_on": GPU,
        "measured_on": CPU,
        "recipe": {"name": system},
        "bytes": 12345678,
        "images_per_second": 99.6,
        "mr": mean,
        "i2t": [1.0, 2.0, 3.0],
        "t2i": [4.0, 5.0, 6.04],
        **more,
    }


def row(text, *parts):
    """Return the cells of the only line of a table that has all of some parts."""
    found = [line for line in text.splitlines() if all(part in line for part in parts)]
    assert len(found) == 1, found
    return [cell.strip() for cell in found[0].strip("|").split("|")]


def cells(text, *parts):
    header = [cell.strip() for cell in text.splitlines()[0].strip("|").split("|")]
    return dict(zip(header, row(text, *parts), strict=True))


def test_a_row_stands_beside_what_it_is_held_against():
    text = table([result(mr=20.37), result(mr=19.9, precision="int8", bytes=999)])
    line = cells(text, "ssjdn", "RSICD", "| embedding |")
    assert (line["measure"], line["fp32"], line["must reach"]) == ("mR", "20.37", "19")
    assert (line["above it"], line["aim"], line["floor"]) == ("+1.37", "36", "16.6")
    assert (line["int8"], line["int8 loses"]) == ("19.90", "0.47")
    assert "1.0/2.0/3.0" in line["fp32 in detail"]
    assert "4.0/5.0/6.0" in line["fp32 in detail"]
    assert (line["passes"], line["seconds of training"]) == ("4 of 8", "1,234")
    assert (line["bytes fp32"], line["bytes int8"]) == ("12,345,678", "999")
    assert line["machines"] == "trained A, measured B"
    assert f"Machine A: {GPU}." in text
    assert f"Machine B: {CPU}." in text


def test_hashing_shows_average_precision_and_the_published_value():
    numbers = {"map": 92.5, "map_at_20": 95.0, "precision_at_10": 94.0, "embedding_map": 93.0}
    entry = result("multilevel-hashing", "aid", "code", 16, **numbers)
    del entry["mr"]
    line = cells(table([entry]), "multilevel-hashing", "AID", "16-bit")
    assert (line["measure"], line["fp32"], line["above it"]) == ("mAP", "92.50", "+1.50")
    assert line["published"].startswith("99.54 (")
    assert "mAP@20 95.00, P@10 94.00; by embedding mAP 93.00" in line["fp32 in detail"]


def test_every_row_stands_there_before_anything_is_measured():
    lines = [line for line in table([]).splitlines() if line.startswith("|")][2:]
    wanted = [list(row_names(s, b)) for s in SYSTEMS for b in s.benchmarks]
    assert len(lines) == sum(map(len, wanted))
    assert all(line.count("not measured") == 2 for line in lines)


def test_a_refused_package_is_said_to_have_failed_and_why():
    failed = result(precision="int8")
    del failed["mr"]
    text = table([result(), failed | {"failed": "scene-search export: cosine 0.9"}])
    line = cells(text, "ssjdn", "RSICD", "| embedding |")
    assert (line["int8"], line["int8 loses"]) == ("failed", "")
    assert "ssjdn on RSICD, 10,000 at 150 px, embedding, int8: scene-search export: cosine" in text


def test_a_recipe_that_is_not_the_shipped_one_is_named():
    line = cells(table([result(recipe={"name": "quick"})]), "ssjdn", "RSICD", "| embedding |")
    assert line["passes"] == "4 of 8, quick"


def test_goals_name_systems_benchmarks_and_rows_that_exist():
    for system in SYSTEMS:
        rows = {
            (name, bits or ranking)
            for name in system.benchmarks
            for ranking, bits in row_names(system, name)
        }
        assert set(system.goals) <= rows
        assert set(system.benchmarks) <= set(BENCHMARKS)


def test_a_run_measured_anew_replaces_all_its_rows_and_no_others():
    old = [result(ranking="code", bits=32), result("mtgfe"), result(benchmark="ucm-captions")]
    new = [result(mr=30.0)]
    merged = merge(old, new)
    assert [(r["system"], r["benchmark"], r["ranking"]) for r in merged] == [
        ("ssjdn", "rsicd", "embedding"),
        ("ssjdn", "ucm-captions", "embedding"),
        ("mtgfe", "rsicd", "embedding"),
    ]
    assert merged[0]["mr"] == 30.0


def test_the_file_holds_goals_and_the_points_that_int8_loses(tmp_path):
    file = tmp_path / "results.json"
    write_results(file, [result(mr=20.0), result(mr=19.25, precision="int8")])
    full, small = read_results(file)
    assert full["goal"]["must_reach"] == 19.0
    assert "points_lost" not in full
    assert small["points_lost"] == 0.75
    assert read_results(tmp_path / "none.json") == []


def test_nothing_is_lost_where_one_of_two_was_not_measured():
    assert points_lost(None, result()) is None
    assert points_lost(result(mr=None, failed="why"), result()) is None


def test_a_page_without_its_markers_is_not_written_over():
    page = f"before\n{BEGIN}\nold\n{END}\nafter"
    assert between_markers(page, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter"
    for broken in (page.replace(END, ""), page.replace(BEGIN, "")):
        with pytest.raises(ValueError, match="lacks"):
            between_markers(broken, "new")


TRAINED = Trained((64,), 2, 2, 60.0, CPU, {"name": "ssjdn", "bits": 64, "epochs": 2})


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """Runs of two systems, one of whose exports fails, and no real work."""
    (tmp_path / "README.md").write_text(f"# Page\n{BEGIN}\n{END}\n")
    for name in ("ssjdn/rsicd", "mtgfe/rsicd"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "last.ckpt").touch()

    def scene_search(name, *arguments, show=False):
        words = list(map(str, arguments))
        if name == "export":
            if "mtgfe" in words[0] or "--int8" in words:
                raise CommandFailed("scene-search export: no")
            package = tmp_path / words[words.index("--output") + 1]
            package.mkdir(parents=True)
            (package / "image.onnx").write_bytes(bytes(100))
            return {"parity": []}
        numbers = {"mr": 21.0, "i2t": [1.0] * 3, "t2i": [2.0] * 3}
        return {
            "benchmark": "captions",
            **numbers,
            "code": numbers | {"mr": 11.0},
            "images_per_second": 5.0,
            "protocol": "",
            "encoder": {"provider": "CPUExecutionProvider"},
        }

    monkeypatch.setattr("benchmarks.retrieval.measure.scene_search", scene_search)
    monkeypatch.setattr("benchmarks.retrieval.measure.read_trained", lambda _: TRAINED)
    return tmp_path


def test_the_command_measures_what_is_there_and_reports_what_failed(workplace, capsys):
    where = ["--data", str(workplace), "--runs", str(workplace / "runs")]
    status = command.main([*where, "--output", str(workplace)])
    assert status == 1  # packages were refused
    results = json.loads((workplace / "results.json").read_text())["results"]
    by_row = {(r["system"], r["ranking"], r["precision"]): r for r in results}
    assert by_row["ssjdn", "embedding", "fp32"]["mr"] == 21.0
    assert by_row["ssjdn", "code", "fp32"]["mr"] == 11.0
    assert by_row["ssjdn", "code", "fp32"]["bytes"] == 100
    assert by_row["ssjdn", "embedding", "int8"]["failed"] == "scene-search export: no"
    assert "failed" in by_row["mtgfe", "reranked", "fp32"]
    page = (workplace / "README.md").read_text()
    assert "| 21.00 | 19 | +2.00 |" in page
    assert "ccls2t on rsicd: no run in" in capsys.readouterr().out


def test_what_is_not_asked_for_is_left_as_it_is(workplace):
    write_results(workplace / "results.json", [result("mtgfe", mr=33.0)])
    where = ["--data", str(workplace), "--runs", str(workplace / "runs")]
    command.main([*where, "--output", str(workplace), "--only", "ssjdn/rsicd"])
    kept = [(r["system"], r.get("mr")) for r in read_results(workplace / "results.json")]
    assert ("mtgfe", 33.0) in kept
    assert ("ssjdn", 21.0) in kept
    with pytest.raises(SystemExit):
        command.main([*where, "--only", "nonsense"])


def test_a_further_code_length_is_a_run_of_its_own_with_its_code_only(workplace, monkeypatch):
    folder = workplace / "runs" / "ssjdn" / "rsicd-16"
    folder.mkdir()
    (folder / "last.ckpt").touch()
    short = dataclasses.replace(TRAINED, bits=(16,))
    monkeypatch.setattr(
        "benchmarks.retrieval.measure.read_trained",
        lambda checkpoint: short if "rsicd-16" in str(checkpoint) else TRAINED,
    )
    where = ["--data", str(workplace), "--runs", str(workplace / "runs")]
    command.main([*where, "--output", str(workplace), "--only", "ssjdn/rsicd"])
    fp32 = [r for r in read_results(workplace / "results.json") if r["precision"] == "fp32"]
    rows = {(r["ranking"], r["bits"], r["run"]) for r in fp32}
    whole, further = "ssjdn/rsicd", "ssjdn/rsicd-16"
    assert rows == {("embedding", None, whole), ("code", 64, whole), ("code", 16, further)}


def test_caption_systems_are_trained_from_the_benchmarks_towers(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(
        "benchmarks.retrieval.runs.scene_search",
        lambda *words, show: called.append([str(word) for word in words]),
    )
    from benchmarks.retrieval.runs import train

    for run in find_runs(SYSTEMS, tmp_path, further=True):
        train(run, tmp_path / "data", tmp_path)
    short = {
        (w[1], w[w.index("--bits") + 1]): w[w.index("--code-of") + 1]
        for w in called
        if "--code-of" in w and "rsicd" in w
    }
    systems = ("plain-contrast", "mtgfe", "ssjdn", "ccls2t")
    assert set(short) == {(system, bits) for system in systems for bits in ("16", "32")}
    assert short["ssjdn", "16"].endswith("ssjdn/rsicd/last.ckpt")
    called = [words for words in called if "--code-of" not in words]
    order = [(words[1], words[words.index("--benchmark") + 1]) for words in called]
    assert order.index(("plain-contrast", "rsicd")) < order.index(("mtgfe", "rsicd"))
    with_towers = {w[1]: w[w.index("--towers") + 1] for w in called if "--towers" in w}
    assert set(with_towers) == {"ssjdn", "mtgfe", "ccls2t"}
    assert with_towers["mtgfe"].endswith("plain-contrast/rsicd/last.ckpt")
