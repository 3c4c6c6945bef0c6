"""Build the plugin zip: one folder, ``scene_search/``, as QGIS installs it.

The same files give the same bytes, whenever and wherever it is built: entries are sorted and
carry one fixed date and mode.
"""

from __future__ import annotations

import configparser
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "scene_search"
#: Of the encoders only the default one: the others are for a checkout, or to be given separately.
PARTS = ("plugin", "resources", "models/default", "metadata.txt", "LICENSE")
#: The earliest moment a zip can hold.
DATE = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644


def plugin_files(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Yield each file of the plugin and its name inside the zip, in order of the names.

    Only files that git knows or would take count, so that nothing left behind in a working
    folder is shipped; compiled translations, which git ignores, come along.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *PARTS],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    names = {name for name in listed.stdout.split("\0") if name}
    names.update(str(path.relative_to(root)) for path in (root / "resources" / "i18n").glob("*.qm"))
    entries = []
    for name in names:
        path = root / name
        if path.is_file() and not path.name.startswith("."):
            inside = name.removeprefix("plugin/")
            entries.append((path, f"{PACKAGE}/{inside}"))
    yield from sorted(entries, key=lambda entry: entry[1])


def build_zip(folder: Path, root: Path = ROOT) -> Path:
    """Write ``scene_search.<version>.zip`` into ``folder`` and return its path."""
    metadata = configparser.ConfigParser()
    metadata.read(root / "metadata.txt", encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{PACKAGE}.{metadata['general']['version']}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, name in plugin_files(root):
            entry = zipfile.ZipInfo(name, DATE)
            entry.external_attr = MODE << 16
            entry.create_system = 3
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return target


if __name__ == "__main__":
    built = build_zip(Path(sys.argv[1]))
    print(f"{built}  {built.stat().st_size / 1e6:.1f} MB")
