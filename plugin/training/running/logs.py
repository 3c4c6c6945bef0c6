"""Where a training run writes what it logs: CSV files and TensorBoard's event files."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch.loggers import CSVLogger, Logger, TensorBoardLogger

#: Folder of the CSV file; a resumed run continues in one with a number.
CSV_FOLDER = "log"
#: Folder that ``tensorboard --logdir`` shows, of a whole run or of a folder of runs.
TENSORBOARD_FOLDER = "tensorboard"
_FLUSH_STEPS = 20


def loggers(folder: Path) -> list[Logger]:
    """Return the loggers of a run, for ``Trainer(logger=...)``.

    The CSV goes to ``log/metrics.csv``; each time the run is resumed, to ``log-2``, ``log-3`` and
    so on, because Lightning deletes a file that it finds. TensorBoard joins the files of all
    pieces itself. Steps done after the last checkpoint before a stop are in both pieces.

    Args:
        folder: of the run; made when the first step is logged.
    """
    piece = _piece(folder)
    tensorboard = TensorBoardLogger(
        folder,
        name="",
        version=TENSORBOARD_FOLDER,
        default_hp_metric=False,  # no "hp_metric" of -1 beside the losses
        # an event file is named after the second: two pieces begun in one would share it
        filename_suffix=f".{piece}",
    )
    return [
        CSVLogger(folder, name="", version=piece, flush_logs_every_n_steps=_FLUSH_STEPS),
        tensorboard,
    ]


def _piece(folder: Path) -> str:
    """Return the first folder name that is not taken."""
    name, number = CSV_FOLDER, 1
    while (folder / name).exists():
        number += 1
        name = f"{CSV_FOLDER}-{number}"
    return name
