"""Reports as a reader and as a browser gets them: their numbers, and nothing that is not text."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scene_search.engine import cli
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import StorageError
from scene_search.engine.evaluation.captions.measure import evaluate_captions
from scene_search.engine.evaluation.hashing.measure import evaluate_hashing

_CLASSES = {"forest": (45, 70, 38), 'dry "river" <b>&': (60, 100, 130), "Straße": (110, 110, 112)}
_EVIL = "<script>alert('x')</script> & \"Dächer\""


class Page(HTMLParser):
    """What a browser makes of a page: elements, texts, and the cells of each table."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.texts: list[str] = []
        self._table = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)
        if tag == "table":
            self._table = dict(attrs)["id"] or ""
            self.tables[self._table] = []
        elif tag == "tr":
            self.tables[self._table].append([])
        elif tag in ("td", "th"):
            self.tables[self._table][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "elements are closed in order"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.tables[self._table][-1][-1] += data
        self.texts.append(data)

    def numbers(self, table: str) -> dict[str, list[float]]:
        return {row[0]: [float(cell) for cell in row[1:]] for row in self.tables[table][1:]}

    def images(self) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == "img"]


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(EncoderPackage.load(tiny_encoder), threads=1, provider="cpu")


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write three classes of eight hard-to-tell images each, lists, and captions."""
    folder = tmp_path_factory.mktemp("Bilder <ü> & 東京")
    random = np.random.default_rng(4)
    names, entries = [], []
    for group, colour in _CLASSES.items():
        (folder / group).mkdir()
        for number in range(8):
            tone = np.array(colour) + random.normal(0, 30, 3)
            pixels = tone + random.normal(0, 20, (64, 64, 1))
            name = f'{group}/über "{number}" <i>.png'
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / name)
            names.append(name)
            said = [f"a {group} scene", f"{_EVIL} {group} {number}", f"a {group} scene {number}"]
            entries.append(
                {
                    "filepath": group,
                    "filename": name.split("/")[1],
                    "split": "test",
                    "sentences": [{"raw": text} for text in said],
                }
            )
    (folder / "database.txt").write_text("\n".join(n for n in names if '"0"' not in n))
    (folder / "queries.txt").write_text("\n".join(n for n in names if '"0"' in n))
    (folder / "captions.json").write_text(json.dumps({"images": entries}))
    return folder


@pytest.fixture(scope="module")
def hashing(encoder: Encoder, benchmark: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("report") / "new" / "folder"
    lists = benchmark / "database.txt", benchmark / "queries.txt"
    result = evaluate_hashing(encoder, benchmark, *lists, report=folder)
    return folder, result, Page((folder / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def captions(encoder: Encoder, benchmark: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("report")
    result = evaluate_captions(encoder, benchmark, benchmark / "captions.json", report=folder)
    return folder, result, Page((folder / "report.html").read_text(encoding="utf-8"))


def test_hashing_numbers_are_those_of_the_result(hashing) -> None:
    folder, result, page = hashing
    keys = ("map", "map_at_20", "precision_at_10")
    shown = list(page.numbers("numbers").values())
    for cells, own in zip(shown, (result, result["embedding"], result["pipeline"]), strict=True):
        assert cells == pytest.approx([own[key] for key in keys], abs=0.006)
    tenth = page.numbers("curves")["10"]
    expected = [own["precision_at_10"] for own in (result, result["embedding"])]
    assert [tenth[0], tenth[2]] == pytest.approx(expected, abs=0.006)
    assert json.loads((folder / "report.json").read_text()) == json.loads(json.dumps(result))


def test_caption_numbers_are_those_of_the_result(captions) -> None:
    _, result, page = captions
    shown = list(page.numbers("numbers").values())
    for cells, own in zip(shown, (result, result["code"], result["pipeline"]), strict=True):
        assert cells == pytest.approx([*own["t2i"], *own["i2t"], own["mr"]], abs=0.006)
    rows = page.numbers("curves")
    for k, place in (("1", 0), ("5", 1), ("10", 2)):
        expected = [result[way][place] for way in ("t2i",)] + [result["code"]["t2i"][place]]
        expected += [result["i2t"][place], result["code"]["i2t"][place]]
        assert rows[k] == pytest.approx(expected, abs=0.006)


def test_rerank_rows_are_shown_without_being_known(encoder, benchmark) -> None:
    from scene_search.engine.evaluation.captions.benchmark import encode_captions
    from scene_search.engine.evaluation.captions.measure import measure_captions
    from scene_search.engine.evaluation.page.caption_page import caption_page

    encoded = encode_captions(encoder, benchmark, benchmark / "captions.json")
    result = measure_captions(encoder, encoded)
    result["re-ranked"] = {"i2t": [1.5, 2.5, 3.5], "t2i": [4.5, 5.5, 6.5], "mr": 4.0}
    page = Page(caption_page(encoder.package, encoded, result))
    assert page.numbers("numbers")["re-ranked"] == [4.5, 5.5, 6.5, 1.5, 2.5, 3.5, 4.0]


@pytest.mark.parametrize("which", ["hashing", "captions"])
def test_the_page_needs_nothing_and_runs_nothing(which: str, request) -> None:
    folder, _, page = request.getfixturevalue(which)
    assert {path.name for path in folder.iterdir()} == {"report.html", "report.json"}
    names = {name for name, _ in page.elements}
    assert not names & {"script", "i", "link", "iframe", "object", "style_"}
    assert all(str(image["src"]).startswith("data:image/jpeg;base64,") for image in page.images())
    addresses = {"src", "href", "action", "data", "xlink:href"}
    for name, attributes in page.elements:
        assert not [key for key in attributes if key.startswith("on")], name
        for key in addresses & set(attributes):
            assert str(attributes[key]).startswith("data:"), (name, key)
    assert "url(" not in (folder / "report.html").read_text(encoding="utf-8")


def test_names_and_captions_read_as_they_were_written(hashing, captions, benchmark) -> None:
    titles = {image["title"] for image in hashing[2].images()}
    assert 'Straße/über "0" <i>.png' in titles
    text = "".join(hashing[2].texts)
    assert 'dry "river" <b>&' in text
    assert str(benchmark) in text
    assert _EVIL in "".join(captions[2].texts)


def test_verdicts_are_told_by_sign_and_words(hashing, captions) -> None:
    for _, _, page in (hashing, captions):
        signs = {
            (attributes["title"], attributes["aria-label"])
            for name, attributes in page.elements
            if name == "span" and attributes.get("class") == "mark"
        }
        assert ("right", "right") in signs
        assert ("wrong", "wrong") in signs
        assert {"✓", "✗"} <= set("".join(page.texts))
    described = [str(image["alt"]) for image in hashing[2].images()]
    wrong = [alt for alt in described if re.match(r"hit \d+, wrong: ", alt)]
    assert wrong
    assert all(alt.split(": ")[1] for alt in wrong)


def test_a_folder_that_is_there_keeps_its_other_files(encoder, benchmark, tmp_path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "report.html").write_text("an earlier one")
    lists = benchmark / "database.txt", benchmark / "queries.txt"
    evaluate_hashing(encoder, benchmark, *lists, report=tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert "earlier" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == 3


def test_an_unwritable_place_is_found_before_the_work(encoder, benchmark, tmp_path) -> None:
    (tmp_path / "file").write_text("no folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StorageError, match="report cannot be written"):
            # the lists do not exist either, and would be what is told if they were read first
            evaluate_hashing(encoder, benchmark, "no.txt", "no.txt", report=folder)
        with pytest.raises(StorageError, match="report cannot be written"):
            evaluate_captions(encoder, benchmark, "no.json", report=folder)


def test_on_the_command_line(tiny_encoder, benchmark, tmp_path) -> None:
    launch = [sys.executable, str(Path(cli.__file__).with_name("launch.py")), "evaluate", "hashing"]
    options = ["--images", benchmark, "--encoder", tiny_encoder, "--json"]
    options += ["--database", benchmark / "database.txt", "--queries", benchmark / "queries.txt"]
    done = subprocess.run(
        [*launch, *map(str, options), "--report", str(tmp_path / "ü")],
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((tmp_path / "ü" / "report.json").read_text())
