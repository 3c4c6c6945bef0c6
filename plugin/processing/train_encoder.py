"""``scene_search:train_encoder``: have an encoder learn from indexed imagery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFolder,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
)

from ..engine_link.environment import engine_environment, find_engine_python
from ..engine_link.training import Listener, check_installed, run_training
from ..file_checks import is_file
from ..plain_text import without_markup
from .algorithm import SceneSearchAlgorithm, translated_help
from .feedback import CallEngine, progress_text
from .search_parameters import advanced, index_parameter
from .translation import tr

INDEX = "INDEX"
BACKBONE = "BACKBONE"
EPOCHS = "EPOCHS"
BITS = "BITS"
TILES = "TILES"
SMALL = "SMALL"
OUTPUT = "OUTPUT"
ENCODER = "ENCODER"

LENGTHS = (16, 32, 64, 128)
#: Shares of the whole, in per cent, at which reading tiles and training end.
_READ, _TRAINED = 8.0, 92.0


class TrainEncoderAlgorithm(SceneSearchAlgorithm):
    """Trains an encoder on the tiles of an index, without classes or captions."""

    NAME = "train_encoder"
    TAGS = SceneSearchAlgorithm.TAGS + ",train,fine-tune,learn,encoder,model,self-supervised"

    def displayName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name in the toolbox."""
        return tr("Train an encoder on indexed imagery")

    def shortDescription(self) -> str:  # noqa: N802 - Qt's name
        """Return the tool tip in the toolbox."""
        return tr("Has an encoder learn what tells the tiles of an index apart.")

    def shortHelpString(self) -> str:  # noqa: N802 - Qt's name
        """Return the help beside the dialog."""
        return translated_help(
            tr(
                "Has an encoder learn from the tiles of an index, so that it tells your kind of "
                "imagery apart better than one that was trained on other imagery. It needs no "
                "classes or captions: two crops of one tile should look alike, two tiles should "
                "not (multi-level contrastive hashing, self-supervised). The encoder answers "
                "regions and images; it understands no text."
            ),
            tr(
                "<b>Backbone</b> is a folder with a pretrained image model to begin with: "
                "<code>config.json</code> and <code>model.safetensors</code>, as model sites "
                "offer them for download and the <i>transformers</i> library saves them, such as "
                "MobileNetV2 or ViT. Nothing is downloaded here. The encoder that comes with the "
                "plugin cannot be the beginning: it holds no weights that can be trained."
            ),
            tr(
                "Training takes PyTorch, several gigabytes that the engine does without. If it "
                "is missing, the log shows the one command that installs it. A graphics card of "
                "NVIDIA is used where there is one; without, begin with few tiles and epochs."
            ),
            tr(
                "Training runs in a process of its own. <b>Cancel</b> ends it within a second "
                "and keeps finished epochs; running again with the same output folder goes on "
                "from there. The folder gets the encoder in <i>encoder</i> and checkpoints, CSV "
                "and TensorBoard logs in <i>training</i>. Index the imagery again, into a new "
                "index, with that encoder to use it."
            ),
            tr(
                "Whether it is better on your imagery is for you to see: compare the hits of a "
                "few regions in both indexes before you replace the old one."
            ),
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: ARG002, N802
        """Define parameters and outputs; called by QGIS."""
        folder = QgsProcessingParameterFile.Behavior.Folder
        whole = QgsProcessingParameterNumber.Type.Integer
        self.addParameter(index_parameter())
        self.addParameter(
            QgsProcessingParameterFile(BACKBONE, tr("Backbone (folder of an image model)"), folder)
        )
        self.addParameter(
            QgsProcessingParameterNumber(EPOCHS, tr("Epochs"), whole, 12, minValue=1, maxValue=1000)
        )
        self.addParameter(
            advanced(
                QgsProcessingParameterEnum(
                    BITS, tr("Bits of the code"), [str(k) for k in LENGTHS], defaultValue=2
                )
            )
        )
        self.addParameter(
            advanced(
                QgsProcessingParameterNumber(
                    TILES, tr("Most tiles to learn from"), whole, 20_000, minValue=2
                )
            )
        )
        self.addParameter(
            advanced(
                QgsProcessingParameterBoolean(
                    SMALL, tr("Quantise to 8 bits (smaller, faster on processors)"), False
                )
            )
        )
        self.addParameter(
            QgsProcessingParameterFolderDestination(OUTPUT, tr("Folder of the new encoder"))
        )
        self.addOutput(QgsProcessingOutputFolder(ENCODER, tr("Encoder")))
        self.addOutput(QgsProcessingOutputNumber("IMAGES", tr("Tiles learned from")))

    def checkParameterValues(  # noqa: N802 - Qt's name
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Look for the backbone before anything runs."""
        backbone = self.parameterAsFile(parameters, BACKBONE, context)
        if backbone and not is_file(Path(backbone) / "config.json"):
            return False, tr(
                "{folder} holds no image model. Choose a folder with config.json and "
                "model.safetensors, such as a downloaded MobileNetV2"
            ).format(folder=backbone)
        valid, message = super().checkParameterValues(parameters, context)
        return valid, message

    def run_with_engine(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        call: CallEngine,  # noqa: ARG002 - training runs beside the engine
    ) -> dict[str, Any]:
        """Train, or go on with what a cancelled run left, and export."""
        python, env = find_engine_python(), engine_environment()
        check_installed(python, env, feedback.isCanceled)
        output = Path(self.parameterAsString(parameters, OUTPUT, context)).absolute()
        run, encoder = output / "training", output / "encoder"
        arguments = [
            *("train", "multilevel-hashing", "--progress-lines"),
            f"--index={Path(self.parameterAsFile(parameters, INDEX, context)).absolute()}",
            f"--backbone={Path(self.parameterAsFile(parameters, BACKBONE, context)).absolute()}",
            f"--epochs={self.parameterAsInt(parameters, EPOCHS, context)}",
            f"--bits={LENGTHS[self.parameterAsEnum(parameters, BITS, context)]}",
            f"--tiles={self.parameterAsInt(parameters, TILES, context)}",
            f"--output={run}",
        ]
        if is_file(run / "last.ckpt"):
            feedback.pushInfo(tr("Going on with the training in {folder}").format(folder=run))
            arguments.append("--resume")
        listener = Listener(_follower(feedback), feedback.pushDebugInfo, feedback.isCanceled)
        trained = run_training(python, env, arguments, listener)
        feedback.setProgress(_TRAINED)
        feedback.setProgressText(tr("Writing and checking the encoder"))
        export = ["export", f"--output={encoder}"]
        if self.parameterAsBoolean(parameters, SMALL, context):
            export.append("--int8")
        run_training(python, env, [*export, str(trained["checkpoint"])], listener)
        feedback.pushInfo(
            tr(
                "{tiles:,} tiles learned from. Index your imagery with the encoder in {folder} "
                "to use it"
            ).format(tiles=trained["images"], folder=encoder)
        )
        return {OUTPUT: str(output), ENCODER: str(encoder), "IMAGES": trained["images"]}


def _follower(feedback: QgsProcessingFeedback) -> Callable[[dict[str, Any]], None]:
    """Return what shows progress: first of the tiles being read, then of the training."""

    def show(value: dict[str, Any]) -> None:
        first, last = (0.0, _READ) if value.get("unit") == "tiles" else (_READ, _TRAINED)
        if value.get("total"):
            share = min(value["done"] / value["total"], 1.0)
            feedback.setProgress(first + share * (last - first))
        feedback.setProgressText(without_markup(progress_text(value)))

    return show
