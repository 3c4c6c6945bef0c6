"""The work of ablations without the training: order, resumption, time limit, verdicts, table."""

import json

import pytest

from benchmarks.retrieval import ablations
from benchmarks.retrieval.ablation_plan import FULL, PlanError, read_plan
from benchmarks.retrieval.ablation_table import ablation_table
from benchmarks.retrieval.ablation_verdict import HOLDS, HURTS, NO_EFFECT, UNDECIDED, compare
from benchmarks.retrieval.ablation_work import Start, TimeUp, Trainer, jobs, read_runs, work

PLAN = """
seeds: [1, 2]
systems:
  mtgfe:
    benchmarks:
      rsicd: {epochs: 3}
    metrics: [reranked, embedding]
    variants:
      - {name: without MLM, part: masked words, weights: {mlm: 0}}
      - {name: ranked by embedding, part: re-ranking, metric: embedding}
"""


@pytest.fixture
def plan(tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN)
    return read_plan(file)


class Fake:
    """Trains in no time: the full system is better by 2 points, by 1 more with the second seed."""

    def __init__(self, seconds=10.0, base="base"):
        self.trained, self.now, self.seconds, self.base = [], 0.0, seconds, base

    def start(self, job):
        return Start({"seed": job.seed, **job.variant.changes}, self.base)

    def run(self, job, start, deadline):
        self.now += self.seconds
        if deadline is not None and self.now > deadline:
            raise TimeUp
        self.trained.append((job.variant.name, job.seed))
        mean = 20.0 + (2.0 if job.variant.name == FULL else 0.0) + 0.1 * job.seed
        return {"reranked": {"mr": mean + 5}, "embedding": {"mr": mean}}

    def trainer(self):
        return Trainer(self.start, self.run, "Processor X, 2 cores")

    def clock(self):
        return self.now


def test_one_seed_of_everything_comes_before_the_next_and_equal_training_is_done_once(
    plan, tmp_path
):
    fake, file = Fake(), tmp_path / "ablations.json"
    assert work(jobs(plan), file, fake.trainer(), done=lambda _: None, clock=fake.clock)
    # "ranked by embedding" needs no training of its own
    assert fake.trained == [(FULL, 1), ("without MLM", 1), (FULL, 2), ("without MLM", 2)]
    runs = read_runs(file)
    assert [run["seed"] for run in runs] == [1, 1, 2, 2]
    assert runs[0]["machine"] == "Processor X, 2 cores"
    assert runs[1]["changes"]["weights"] == {"mlm": 0}


def test_finished_variants_are_not_trained_again_unless_they_begin_otherwise(plan, tmp_path):
    file = tmp_path / "ablations.json"
    first, again, other = Fake(), Fake(), Fake(base="other towers")
    for fake in (first, again, other):
        work(jobs(plan), file, fake.trainer(), done=lambda _: None, clock=fake.clock)
    assert len(first.trained) == 4
    assert again.trained == []
    assert len(other.trained) == 4


def test_a_job_that_would_end_too_late_is_not_begun_and_what_is_done_is_kept(plan, tmp_path):
    fake, file, said = Fake(seconds=10.0), tmp_path / "ablations.json", []
    options = {"done": said.append, "clock": fake.clock}
    assert not work(jobs(plan), file, fake.trainer(), deadline=25.0, **options)
    assert fake.trained == [(FULL, 1), ("without MLM", 1)]
    assert fake.now == 20.0  # the third was not begun: it takes ten and five were left
    assert "no time left" in said[-1]
    assert len(read_runs(file)) == 2
    assert work(jobs(plan), file, fake.trainer(), **options)
    assert len(read_runs(file)) == 4


def test_a_job_that_the_deadline_ends_counts_for_nothing(plan, tmp_path):
    fake, file = Fake(seconds=10.0), tmp_path / "ablations.json"
    options = {"done": lambda _: None, "clock": fake.clock}
    assert not work(jobs(plan), file, fake.trainer(), deadline=5.0, **options)
    assert read_runs(file) == []


@pytest.mark.parametrize(
    ("full", "variant", "verdict"),
    [
        ([52.0, 52.2, 51.8], [50.0, 50.2, 49.8], HOLDS),
        ([50.0, 50.2, 49.8], [52.0, 52.2, 51.8], HURTS),
        ([50.0, 52.0], [49.5, 51.0], NO_EFFECT),
        ([50.0], [40.0], UNDECIDED),
        ([50.0, 50.0], [50.0, 50.0], NO_EFFECT),
    ],
)
def test_a_claim_holds_if_the_difference_exceeds_the_deviation(full, variant, verdict):
    assert compare(full, variant).verdict == verdict


def test_the_deviation_is_that_of_a_sample_pooled_over_both():
    found = compare([1.0, 3.0], [0.0, 6.0])  # variances 2 and 18
    assert found.deviation == pytest.approx(10**0.5)
    assert found.difference == -1.0
    assert str(found.full) == "2.00 ± 1.41"
    with pytest.raises(ValueError, match="same seeds"):
        compare([1.0], [1.0, 2.0])


def cells(table, name):
    line = next(line for line in table.splitlines() if f"| {name} |" in line)
    header = [cell.strip() for cell in table.splitlines()[0].strip("|").split("|")]
    return dict(zip(header, (c.strip() for c in line.strip("|").split("|")), strict=True))


def test_the_table_says_what_each_part_adds(plan, tmp_path):
    fake, file = Fake(), tmp_path / "ablations.json"
    work(jobs(plan), file, fake.trainer(), done=lambda _: None, clock=fake.clock)
    table = ablation_table(plan, read_runs(file))
    line = cells(table, "without MLM")
    assert (line["ranked by"], line["seeds"]) == ("reranked", "2")
    assert (line["full"], line["variant's"]) == ("27.15 ± 0.07", "25.15 ± 0.07")
    assert (line["the part adds"], line["claim"]) == ("+2.00", HOLDS)
    assert line["adds in other rankings"] == "embedding +2.00"
    line = cells(table, "ranked by embedding")
    # the same systems, the reference re-ranked and the variant not
    assert (line["full"], line["variant's"], line["the part adds"]) == (
        "27.15 ± 0.07",
        "22.15 ± 0.07",
        "+5.00",
    )
    assert "Trained on Processor X, 2 cores." in table


def test_only_runs_that_began_alike_and_common_seeds_are_compared(plan, tmp_path):
    file = tmp_path / "ablations.json"
    for fake in (Fake(), Fake(base="new")):
        work(jobs(plan), file, fake.trainer(), done=lambda _: None, clock=fake.clock)
    runs = [
        r
        for r in read_runs(file)
        if not (r["base"] == "new" and r["seed"] == 2 and r["changes"]["weights"])
    ]
    line = cells(ablation_table(plan, runs), "without MLM")
    assert (line["seeds"], line["full"], line["claim"]) == ("1", "27.10", UNDECIDED)
    assert cells(ablation_table(plan, []), "without MLM")["seeds"] == "not measured"


def test_small_benchmarks_get_all_their_seeds_before_the_large_ones():
    plan = read_plan(ablations.HERE / "ablations.yaml")
    order = [(job.study.benchmark, job.seed) for job in jobs(plan)]
    last_small = max(i for i, (name, _) in enumerate(order) if name in ("ucmd", "ucm-captions"))
    first_large = min(i for i, (name, _) in enumerate(order) if name in ("aid", "rsicd"))
    assert last_small < first_large
    assert [seed for _, seed in order[: last_small + 1]] == sorted(
        seed for _, seed in order[: last_small + 1]
    )
    variants = sum(len(study.variants) for study in plan.studies)
    assert len(order) == len(plan.seeds) * variants


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (PLAN.replace("weights: {mlm: 0}", ""), "changes nothing"),
        (PLAN.replace("part: masked words, ", ""), "does not say which part"),
        (PLAN.replace("metric: embedding", "metric: code"), "not measured"),
        (PLAN.replace("ranked by embedding", "without MLM"), "stands twice"),
        (PLAN.replace("weights:", "wieghts:"), "wieghts"),
        (PLAN.replace("seeds: [1, 2]", "seeds: [1, 1]"), "distinct"),
        ("seeds: [1]", "must hold"),
    ],
)
def test_a_wrong_plan_is_refused(tmp_path, wrong, reason):
    file = tmp_path / "plan.yaml"
    file.write_text(wrong)
    with pytest.raises(PlanError, match=reason):
        read_plan(file)


def test_the_shipped_plan_covers_every_system(tmp_path):
    plan = read_plan(ablations.HERE / "ablations.yaml")
    assert len(plan.seeds) == 3
    systems = {study.system for study in plan.studies}
    assert systems == {"multilevel-hashing", "mtgfe", "ssjdn", "ccls2t"}
    assert {s.benchmark for s in plan.only("mtgfe").studies} == {"ucm-captions", "rsicd"}
    assert [s.system for s in plan.only("ssjdn/rsicd").studies] == ["ssjdn"]


def test_the_table_is_renewed_without_training(plan, tmp_path):
    fake, file = Fake(), tmp_path / "ablations.json"
    work(jobs(plan), file, fake.trainer(), done=lambda _: None, clock=fake.clock)
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- ablations -->\nearlier\n<!-- end of ablations -->\nafter\n")
    options = ["--plan", str(tmp_path / "plan.yaml"), "--output", str(tmp_path)]
    assert ablations.main(["--table", *options]) == 0
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "+2.00" in text
    assert "earlier" not in text
    assert json.loads(file.read_text())["unit"] == "percent"
