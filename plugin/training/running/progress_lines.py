"""Progress as lines that another program reads: JSON after a fixed word, on standard error."""

from __future__ import annotations

import json
import sys

import lightning.pytorch as pl

from ...engine.progress import Progress, ProgressReport

#: What such a line begins with; the rest is the object of a ``ProgressReport``.
PREFIX = "progress: "
_SECONDS = 1.0


def print_progress(report: ProgressReport) -> None:
    """Write a report as one line."""
    print(PREFIX + json.dumps(report.as_dict()), file=sys.stderr, flush=True)


def line_progress() -> Progress:
    """Return progress that is written as lines, at most one a second."""
    return Progress(print_progress, interval=_SECONDS)


class TrainingProgress(pl.Callback):
    """Reports steps, rate, time left, epoch and loss."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def on_train_start(self, trainer: pl.Trainer, _module: pl.LightningModule) -> None:
        """Leave what an earlier piece of the run did out of the rate."""
        self.progress.restart(trainer.global_step)

    def on_train_batch_end(self, trainer: pl.Trainer, *_: object) -> None:
        """Report the step that has ended."""
        total = int(trainer.estimated_stepping_batches)
        loss = trainer.callback_metrics.get("loss/total")
        epoch = f"epoch {trainer.current_epoch + 1} of {trainer.max_epochs}"
        self.progress.report(
            trainer.global_step,
            total,
            unit="steps",
            message=epoch if loss is None else f"{epoch}, loss {float(loss):.3f}",
            force=trainer.global_step == total,
        )
