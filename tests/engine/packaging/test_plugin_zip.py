import importlib.util
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
METADATA = (ROOT / "metadata.txt").read_text(encoding="utf-8")


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


build = load("build_zip")
check = load("check_zip")


@pytest.fixture
def make_zip(tmp_path):
    """Write a zip that passes, with changes: a text adds or replaces a file, None drops it."""

    def maker(changes=None, mode=0o644):
        files = {
            "scene_search/__init__.py": "",
            "scene_search/metadata.txt": METADATA,
            "scene_search/LICENSE": "GPL",
            "scene_search/resources/icons/scene_search.svg": "<svg/>",
            **(changes or {}),
        }
        path = tmp_path / "scene_search.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in files.items():
                if text is not None:
                    entry = zipfile.ZipInfo(name)
                    entry.external_attr = mode << 16
                    archive.writestr(entry, text)
        return path

    return maker


def container_problems(path):
    with zipfile.ZipFile(path) as archive:
        return list(check.check_container(archive))


def metadata_problems(path):
    with zipfile.ZipFile(path) as archive:
        return list(check.check_metadata(archive))


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_same_files_give_the_same_bytes(tmp_path):
    first = build.build_zip(tmp_path / "a").read_bytes()
    second = build.build_zip(tmp_path / "b").read_bytes()
    assert first == second


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_zip_is_one_package_with_all_its_parts(tmp_path):
    path = build.build_zip(tmp_path)
    assert container_problems(path) == []
    assert metadata_problems(path) == []
    names = zipfile.ZipFile(path).namelist()
    for part in ("paths.py", "engine/launch.py", "engine/requirements.txt", "resources/help"):
        assert any(name.startswith(f"scene_search/{part}") for name in names), part
    assert not any("tests/" in name or name.endswith(".qgz") for name in names)


def test_a_good_zip_passes(make_zip):
    assert check.check_zip(make_zip()) == []


@pytest.mark.parametrize(
    "name",
    [
        "scene_search/engine/native.so",
        "scene_search/a.dll",
        "scene_search/a.PYD",
        "scene_search/setup.sh",
        "scene_search/__pycache__/a.txt",
        "scene_search/x.cpython-311.pyc",
        "scene_search/.hidden",
        "scene_search/../outside.py",
        "other/file.py",
    ],
)
def test_what_does_not_belong_is_found(make_zip, name):
    assert len(container_problems(make_zip({name: "x"}))) >= 1


@pytest.mark.parametrize("name", ["LICENSE", "metadata.txt", "__init__.py"])
def test_what_is_missing_is_found(make_zip, name):
    assert container_problems(make_zip({f"scene_search/{name}": None})) == [f"{name} is missing"]


def test_executable_files_are_found(make_zip):
    assert all("is executable" in text for text in container_problems(make_zip(mode=0o755)))
    assert container_problems(make_zip(mode=0o755))


def test_the_size_is_limited(make_zip, monkeypatch):
    monkeypatch.setattr(check, "MAX_BYTES", 100)
    assert "more than" in container_problems(make_zip())[0]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("author=The Scene Search authors", "author=", "author is missing"),
        ("author=The Scene Search authors", "author=a/b", "slash"),
        ("version=0.1.0", "version=soon", "version is no version"),
        ("tracker=https://", "tracker=ftp://", "tracker is no web address"),
        ("icon=resources/icons/scene_search.svg", "icon=icon.png", "icon.png is not in the zip"),
    ],
)
def test_bad_metadata_is_found(make_zip, old, new, problem):
    assert old in METADATA
    changed = {"scene_search/metadata.txt": METADATA.replace(old, new)}
    assert any(problem in text for text in metadata_problems(make_zip(changed)))


def test_the_scanners_of_the_site_are_run(make_zip):
    code = (
        "import pickle\n"
        "def load(data, x=[]):\n"
        "    if x == None:\n"
        "        return pickle.loads(data)\n"
    )
    key = 'aws = "AKIA' + 'IOSFODNN7EXAMPLX"\n'  # in two parts, so that nobody takes it for one
    problems = check.check_zip(make_zip({"scene_search/bad.py": code, "scene_search/keys.py": key}))
    text = "\n".join(problems)
    assert "B301" in text
    assert "E711" in text
    assert "AWS Access Key" in text


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_of_the_encoders_only_the_default_one_is_in_the_zip():
    models = [name.split("/") for _, name in build.plugin_files() if "/models/" in name]
    assert {parts[2] for parts in models} == {"default"}
