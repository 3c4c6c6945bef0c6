"""The retrieval benchmark on a run in small, with the commands that a user would give."""

from scene_search.training.data.labelled_images import read_images
from scene_search.training.hashing.recipe import hashing_recipe
from scene_search.training.hashing.run import train_hashing

from benchmarks.retrieval import run as command
from benchmarks.retrieval.results_file import read_results

RECIPE = {
    "name": "multilevel-hashing",
    "seed": 1,
    "embedding_size": 16,
    "bits": [16],
    "image_size": 48,
    "cache_size": 48,
    "epochs": 2,
    "batch_size": 8,
}


def test_a_run_is_exported_measured_and_written(tiny_backbones, data_folder, tmp_path):
    backbone = str(tiny_backbones / "image")
    image = {"backbone": backbone, "input_size": 48, "mean": [0.5] * 3, "std": [0.5] * 3}
    folder = tmp_path / "runs" / "multilevel-hashing" / "ucmd"
    images = read_images("ucmd", data_folder)
    train_hashing(hashing_recipe(RECIPE | {"image": image}, "small"), images, data_folder, folder)
    (tmp_path / "README.md").write_text("<!-- table -->\n<!-- end of table -->\n")
    where = ["--data", data_folder, "--runs", tmp_path / "runs", "--output", tmp_path]
    command.main([str(word) for word in (*where, "--only", "multilevel-hashing/ucmd")])
    results = {r["precision"]: r for r in read_results(tmp_path / "results.json")}
    assert set(results) == {"fp32", "int8"}
    full = results["fp32"]
    assert 0 < full["map"] <= 100
    assert full["parity"][0]["largest_difference"] < 1e-4
    assert (full["bits"], full["passes"], full["epochs"]) == (16, 2, 2)
    assert full["bytes"] > 10_000
    assert full["images_per_second"] > 0
    assert "cores" in full["measured_on"]
    assert full["trained_on"] != "not recorded"
    assert "does not hold any of them" in full["protocol"]
    # untrained eight-bit weights may be refused by the export; then it says so
    assert "failed" in results["int8"] or results["int8"]["bytes"] < full["bytes"]
    assert f"| {full['map']:.2f} | 97.5 |" in (tmp_path / "README.md").read_text()
