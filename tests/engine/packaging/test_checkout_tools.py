import importlib.util
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[3]


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


link = load("link_plugin")
collect = load("collect_strings")


def test_the_linked_plugin_finds_its_files(tmp_path):
    folder = tmp_path / "scene_search"
    link.link_plugin(folder)
    assert (folder / "metadata.txt").read_bytes() == (ROOT / "metadata.txt").read_bytes()
    assert (folder / "paths.py").resolve() == ROOT / "plugin" / "paths.py"
    assert (folder / "resources" / "help" / "index.html").is_file()


def test_linking_again_drops_what_is_gone(tmp_path):
    folder = tmp_path / "scene_search"
    link.link_plugin(folder)
    (folder / "old_module.py").symlink_to(ROOT / "plugin" / "old_module.py")
    (folder / "engine").unlink()
    (folder / "engine").symlink_to(tmp_path)
    link.link_plugin(folder)
    assert not (folder / "old_module.py").is_symlink()
    assert (folder / "engine").resolve() == ROOT / "plugin" / "engine"


@pytest.fixture
def package(tmp_path):
    """A package with strings written in each of the ways that the code uses."""
    package = tmp_path / "plugin"
    (package / "gui").mkdir(parents=True)
    (package / "engine").mkdir()
    (package / "gui" / "text.py").write_text(
        "from qgis.PyQt.QtCore import QCoreApplication\n"
        'def tr(text):\n    return QCoreApplication.translate("Dock", text)\n'
    )
    (package / "gui" / "dock.py").write_text(
        'from .text import tr\nTITLE = tr("Open <index> & search")\nOTHER = tr(TITLE)\n'
    )
    (package / "gui" / "own.py").write_text(
        'def _tr(text):\n    return QCoreApplication.translate("Own", text)\n_tr("Cancel")\n'
    )
    (package / "gui" / "widget.py").write_text(
        'class Gallery:\n    def name(self):\n        return self.tr("Gallery")\n'
    )
    (package / "engine" / "text.py").write_text('def tr(x):\n    return x\ntr("not shown")\n')
    return package


def test_strings_are_found_in_their_contexts(package):
    found = {name: set(texts) for name, texts in collect.strings_of(package).items()}
    assert found == {
        "Dock": {"Open <index> & search"},
        "Own": {"Cancel"},
        "Gallery": {"Gallery"},
    }


def test_the_file_is_read_by_qt_tools_and_keeps_translations(package, tmp_path):
    target = tmp_path / "x.ts"
    assert collect.write_ts(collect.strings_of(package), target) == 3
    text = target.read_text(encoding="utf-8")
    target.write_text(
        text.replace(
            '<source>Cancel</source>\n        <translation type="unfinished">',
            "<source>Cancel</source>\n        <translation>Abbrechen",
        ),
        encoding="utf-8",
    )
    collect.write_ts(collect.strings_of(package), target)
    messages = {
        message.findtext("source"): message.findtext("translation")
        for message in ElementTree.parse(target).getroot().iter("message")
    }
    assert messages == {"Open <index> & search": "", "Cancel": "Abbrechen", "Gallery": ""}


def test_the_installed_engine_has_every_package():
    tomllib = pytest.importorskip("tomllib")  # Python 3.11 on
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    plugin = ROOT / "plugin"
    folders = (file.parent.relative_to(plugin) for file in plugin.rglob("__init__.py"))
    qgis_side = {"gui", "layers", "processing", "engine_link"}
    wanted = {
        ".".join(("scene_search", *folder.parts))
        for folder in folders
        if not qgis_side & set(folder.parts[:1])
    }
    assert set(project["tool"]["setuptools"]["packages"]) == wanted
