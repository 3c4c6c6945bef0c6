"""What a caption benchmark leaves to gain, against plain loops."""

import json

import numpy as np
import pytest
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.evaluation.captions.caption_recall import pairs_of
from scene_search.engine.evaluation.captions.measure import evaluate_captions
from scene_search.training.data.captioned_images import CAPTION_BENCHMARKS

from benchmarks.retrieval import ceiling

# images 0 and 1 are copies; "a" is twice on image 0 and once on image 2, of another class
CAPTIONS = (("a", "a", "b"), ("b", "c"), ("a", "d"), ("e",))
CONTENTS, LABELS = (0, 0, 1, 2), (0, 0, 1, 1)


@pytest.fixture(scope="module")
def embeddings():
    vectors = np.random.default_rng(0).normal(size=(5, 4))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_scores_are_what_loops_say(embeddings):
    pairs = pairs_of(CAPTIONS, CONTENTS)
    found = ceiling.ceilings(pairs, LABELS, embeddings)
    owned = [{"a", "b", "c"}, {"a", "d"}, {"e"}]  # of the distinct images
    label = [0, 1, 1]
    for i, own in enumerate(owned):
        for t, text in enumerate(pairs.sentences):
            stands_on = {label[j] for j, others in enumerate(owned) if text in others}
            assert found["owner"][i, t] == (text in own)
            assert found["class"][i, t] == (label[i] in stands_on)
            rest = [pairs.sentences.index(s) for s in own - {text}]
            mean = np.mean([embeddings[s] @ embeddings[t] for s in rest]) if rest else 0
            assert found["reader"][i, t] == pytest.approx(mean), (i, text)


def test_both_benchmarks_are_measured_and_the_page_renewed(
    data_folder, tiny_backbones, tmp_path, capsys
):
    (tmp_path / "README.md").write_text(f"x\n{ceiling.BEGIN}\nold\n{ceiling.END}\ny\n")
    arguments = ["--data", data_folder, "--sentence-encoder", tiny_backbones / "text"]
    assert ceiling.main([*map(str, arguments), "--output", str(tmp_path)]) == 0
    rows = json.loads((tmp_path / "ceiling.json").read_text())["rows"]
    by_name = {(row["benchmark"], row["ranking"]): row["mr"] for row in rows}
    assert len(by_name) == 6
    for benchmark in ("ucm-captions", "rsicd"):
        assert by_name[benchmark, "owner"] >= by_name[benchmark, "class"]
        assert by_name[benchmark, "owner"] > by_name[benchmark, "reader"]
    page = (tmp_path / "README.md").read_text()
    assert "old" not in page
    assert "knows the class only" in page
    assert "knows the class only" in capsys.readouterr().out


def test_an_encoder_is_ranked_with_and_without_its_mistakes_of_class(
    data_folder, tiny_backbones, tiny_encoder, tmp_path
):
    (tmp_path / "README.md").write_text(f"{ceiling.BEGIN}\n{ceiling.END}\n")
    arguments = ["--data", data_folder, "--sentence-encoder", tiny_backbones / "text"]
    arguments += ["--encoder", f"ucm-captions={tiny_encoder}", "--output", tmp_path]
    assert ceiling.main([*map(str, arguments)]) == 0
    rows = json.loads((tmp_path / "ceiling.json").read_text())["rows"]
    assert len(rows) == 6 + 2
    found = {row["ranking"]: row for row in rows if row["benchmark"] == "ucm-captions"}
    # as the evaluation command ranks
    encoder = Encoder(EncoderPackage.load(tiny_encoder))
    benchmark = CAPTION_BENCHMARKS["ucm-captions"]
    expected = evaluate_captions(
        encoder, data_folder / benchmark.images, data_folder / benchmark.captions
    )
    assert found["encoder"]["mr"] == pytest.approx(expected["mr"], abs=0.01)
    assert found["given"]["mr"] >= found["encoder"]["mr"]
    assert "never mistaking the class" in (tmp_path / "README.md").read_text()


def test_another_benchmark_is_no_option(tmp_path, capsys):
    with pytest.raises(SystemExit):
        ceiling.main(["--data", str(tmp_path), "--encoder", "ucmd=package"])
    assert "no caption benchmark ucmd" in capsys.readouterr().err


def test_a_folder_without_data_is_refused(tmp_path, capsys):
    assert ceiling.main(["--data", str(tmp_path), "--output", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("ceiling: ")
