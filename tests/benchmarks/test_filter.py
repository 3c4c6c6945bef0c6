"""The benchmark of MTGFE's filter, with the tiny package whose matches are known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.evaluation.captions.benchmark import encode_captions
from scene_search.engine.evaluation.captions.rerank import measure_rerank
from scene_search.engine.progress import Progress

from benchmarks.retrieval import filter as command
from benchmarks.retrieval.filter_race import courses, race
from tests.support.tiny_encoder import COLOURS
from tests.support.tiny_fusion import write_tiny_fusion
from tests.support.tiny_hubness import write_with_hubness

PAGE = "# x\n<!-- filter -->\n<!-- end of filter -->\nend\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder in the layout of UCM-captions, with 16 images; sentences repeat."""
    data = tmp_path_factory.mktemp("data")
    folder = data / "UCMerced_LandUse" / "Images"
    folder.mkdir(parents=True)
    (data / "captions").mkdir()
    random, names = np.random.default_rng(2), list(COLOURS)
    images = []
    for number in range(16):
        left, right = random.choice(names, 2, replace=False)
        pixels = np.empty((64, 64, 3))
        pixels[:, :32], pixels[:, 32:] = COLOURS[left], COLOURS[right]
        pixels = (pixels + random.normal(0, 20, pixels.shape)).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
        texts = [left, right, " and ".join(sorted((left, right))), f"a {right}"]
        sentences = [{"raw": text} for text in texts]
        images.append({"filename": f"{number}.png", "split": "test", "sentences": sentences})
    content = json.dumps({"images": images, "dataset": "x"})
    (data / "captions" / "dataset_ucm.json").write_text(content)
    return data


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder") / "fusion"
    return write_tiny_fusion(folder, **{"scene_search:rerank_weight": 1.5})


@pytest.fixture(scope="module")
def encoder(package):
    return Encoder(EncoderPackage.load(package), threads=1, provider="cpu")


@pytest.fixture(scope="module")
def benchmark(encoder, data):
    images = data / "UCMerced_LandUse" / "Images"
    return encode_captions(encoder, images, data / "captions" / "dataset_ucm.json", tokens=True)


@pytest.fixture(scope="module")
def with_hubs(package, tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder") / "hubs"
    return Encoder(EncoderPackage.load(write_with_hubness(folder, package)), 1, "cpu")


@pytest.mark.parametrize(("shortlist", "hubs"), [(1, False), (4, False), (4, True)])
def test_numbers_are_those_of_evaluate(encoder, with_hubs, benchmark, shortlist, hubs):
    encoder = with_hubs if hubs else encoder
    options = {"shortlist": shortlist, "queries": None, "progress": Progress()}
    found = race(encoder, benchmark, **options)
    filtered = measure_rerank(encoder, benchmark, Progress(), count=shortlist)
    whole = measure_rerank(encoder, benchmark, Progress(), count=1000)
    for way, expected in (("filter", filtered), ("every pair", whole)):
        assert found["mr"][way] == pytest.approx(expected["mr"], abs=0.01)
        for direction in ("i2t", "t2i"):
            np.testing.assert_allclose(
                found["recall"][way][direction], expected[direction], atol=0.01
            )
    lost = whole["mr"] - filtered["mr"]
    assert found["points_lost"] == pytest.approx(lost, abs=0.01)
    if shortlist == 1:
        assert found["mr"]["filter"] == found["mr"]["cosine"] != found["mr"]["every pair"]
    for direction in ("i2t", "t2i"):
        spent = [found["seconds_a_query"][way][direction] for way in ("filter", "every pair")]
        assert min(spent) > 0
        ratio = found["times_faster"][direction]
        assert ratio == pytest.approx(spent[1] / spent[0], rel=0.1)


def test_a_sample_of_queries(with_hubs, benchmark):
    all_of = {course.name: course for course in courses(with_hubs, benchmark, None)}
    assert (len(all_of["i2t"].queries), len(all_of["t2i"].queries)) == (16, 64)
    some = {course.name: course for course in courses(with_hubs, benchmark, 5)}
    for name, course in some.items():
        assert len(course.queries) == 5
        assert course.cosines.shape == (5, all_of[name].cosines.shape[1])
        assert (course.own.sum(1) == (4 if name == "i2t" else 1)).all()
        assert course.copies.tolist() == all_of[name].copies.tolist()


def test_command(package, data, tmp_path, capsys):
    (tmp_path / "README.md").write_text(PAGE)
    call = ["--encoder", str(package), "--data", str(data), "--output", str(tmp_path)]
    assert command.main([*call, "--shortlist", "4"]) == 0
    assert command.main([*call, "--shortlist", "4"]) == 0  # in place of the first
    assert command.main([*call, "--shortlist", "2", "--queries", "6"]) == 0
    results = json.loads((tmp_path / "filter.json").read_text())["results"]
    assert [row["shortlist"] for row in results] == [2, 4]
    assert results[0]["queries"] == {"i2t": 6, "t2i": 6}
    page = (tmp_path / "README.md").read_text()
    assert page.count("text to image") == 2
    assert page.endswith("end\n")
    assert f"{results[1]['mr']['every pair']:.2f}" in page


def test_a_package_without_fusion(tiny_encoder, data, tmp_path, capsys):
    call = ["--encoder", str(tiny_encoder), "--data", str(data), "--output", str(tmp_path)]
    assert command.main(call) == 1
    assert "no fusion part" in capsys.readouterr().err
    assert not (tmp_path / "filter.json").exists()
