"""What the user chose on the options page, kept in QGIS's settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsApplication, QgsSettings

_GROUP = "scene_search/engine"

#: ONNX Runtime execution providers a user can ask for; "auto" takes the fastest that works.
PROVIDERS = ("auto", "cuda", "directml", "coreml", "cpu")


def data_folder() -> Path:
    """Return the plugin's folder in the QGIS profile (not necessarily existing)."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "scene_search"


@dataclass
class EngineSettings:
    """Where the engine is and how it runs.

    Attributes:
        interpreter: Python to make the environment from; empty for QGIS's own.
        location: folder that holds the environment; empty for the QGIS profile.
        package_index: URL of a package index; empty for pip's own setting.
        wheel_folder: folder of wheels to install from instead of an index; empty for none.
        use_gpu: install the NVIDIA build of ONNX Runtime where there is an NVIDIA GPU.
        threads: threads of inference; 0 lets the engine decide.
        provider: one of ``PROVIDERS``.
        cache: folder of thumbnails and snapshots; empty for the QGIS profile.
    """

    interpreter: str = ""
    location: str = ""
    package_index: str = ""
    wheel_folder: str = ""
    use_gpu: bool = True
    threads: int = 0
    provider: str = "auto"
    cache: str = ""

    @classmethod
    def load(cls) -> EngineSettings:
        """Return the settings of the current QGIS profile."""
        stored = QgsSettings()
        plain = cls()
        values = {
            name: stored.value(f"{_GROUP}/{name}", default, type=type(default))
            for name, default in vars(plain).items()
        }
        if values["provider"] not in PROVIDERS:
            values["provider"] = "auto"
        return cls(**values)

    def save(self) -> None:
        """Keep the settings in the current QGIS profile; defaults are not written."""
        stored = QgsSettings()
        plain = vars(EngineSettings())
        for name, value in vars(self).items():
            if value == plain[name]:
                stored.remove(f"{_GROUP}/{name}")
            else:
                stored.setValue(f"{_GROUP}/{name}", value)

    def location_folder(self) -> Path:
        """Return the folder that holds engine environments."""
        return Path(self.location) if self.location else data_folder()

    def cache_folder(self) -> Path:
        """Return the folder of thumbnails and snapshots: always one that is ours alone.

        It can be emptied without a second look, whatever folder the user chose.
        """
        return (Path(self.cache) / "scene_search" if self.cache else data_folder()) / "cache"
