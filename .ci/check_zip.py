"""Check the built zip as the QGIS plugin repository does, and fail on what it would flag.

The rules are those of the plugin site's validator and security scanner (github.com/qgis/
QGIS-Plugins-Website: ``validator.py``, ``security_scanner.py`` and their rule lists). What the
site only warns of fails here as well, but for the exceptions below, each with its reason.
"""

from __future__ import annotations

import configparser
import json
import re
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import urlparse

PACKAGE = "scene_search"
MAX_BYTES = 25_000_000
REQUIRED_METADATA = (
    *("name", "description", "version", "qgisMinimumVersion", "author", "email", "about"),
    *("tracker", "repository", "license", "icon", "tags", "homepage"),
)
FORBIDDEN_PARTS = {"__MACOSX", ".git", "__pycache__"}
FORBIDDEN_SUFFIXES = {
    *(".exe", ".dll", ".so", ".dylib", ".pyd", ".bat", ".sh", ".ps1", ".cmd"),
    *(".pyc", ".pyo", ".pkl", ".pt", ".ckpt"),
}
#: Rated informational by the site and off there: importing subprocess or lxml.
BANDIT_OFF = ("B404", "B410", "B411")
SECRETS_OFF = ("IPPublicDetector",)
FLAKE8_ON = (
    *("E101", "E711", "E712", "E713", "E714", "E721", "E722", "E731", "E741", "E742", "E743"),
    *("E901", "E902", "E999", "W605", "F402", "F403", "F404", "F405", "F811", "F821", "F822"),
    *("F823", "F831", "F901"),
)
#: Findings that are known and right, as (file pattern, kind): the reason.
EXPECTED_SECRETS = {
    (r"models/[^/]+/model\.json", "Hex High Entropy String"): "SHA-256 of the package's files",
    (r"models/[^/]+/tokenizer\.json", "Base64 High Entropy String"): "words of a vocabulary",
}


def check_container(archive: zipfile.ZipFile) -> Iterator[str]:
    """Yield what is wrong with the zip's size, names and modes."""
    size = Path(str(archive.filename)).stat().st_size
    if size > MAX_BYTES:
        yield f"the zip has {size / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f} MB"
    if broken := archive.testzip():
        yield f"{broken} is damaged"
    names = set(archive.namelist())
    if tops := {PurePosixPath(name).parts[0] for name in names} - {PACKAGE}:
        yield f"besides {PACKAGE} there is {', '.join(sorted(tops))}"
    for needed in ("__init__.py", "metadata.txt", "LICENSE"):
        if f"{PACKAGE}/{needed}" not in names:
            yield f"{needed} is missing"
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename)
        if ".." in entry.filename or path.is_absolute():
            yield f"{path} leads out of the zip"
        if FORBIDDEN_PARTS & set(path.parts) or path.name.startswith("."):
            yield f"{path} does not belong in a plugin"
        if path.suffix.lower() in FORBIDDEN_SUFFIXES or ".pyc" in path.name:
            yield f"{path} is a binary or a script"
        if (entry.external_attr >> 16) & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH):
            yield f"{path} is executable"


def check_metadata(archive: zipfile.ZipFile) -> Iterator[str]:
    """Yield what is wrong with metadata.txt."""
    parser = configparser.ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(archive.read(f"{PACKAGE}/metadata.txt").decode("utf-8"))
    general = parser["general"]
    for key in REQUIRED_METADATA:
        if not general.get(key, "").strip():
            yield f"metadata.txt: {key} is missing"
    for key in ("tracker", "repository", "homepage"):
        address = urlparse(general.get(key, ""))
        if address.scheme != "https" or not address.netloc:
            yield f"metadata.txt: {key} is no web address"
    if "/" in general.get("author", ""):
        yield "metadata.txt: author must not contain a slash"
    if not re.fullmatch(r"\d+\.\d+(\.\d+)?", general.get("version", "")):
        yield "metadata.txt: version is no version"
    if f"{PACKAGE}/{general.get('icon', '')}" not in archive.namelist():
        yield f"metadata.txt: the icon {general.get('icon')} is not in the zip"


def check_with_bandit(folder: Path) -> Iterator[str]:
    """Yield what bandit finds, at every severity, as the site runs it."""
    report = _run_json(
        "bandit", "--recursive", PACKAGE, "--format", "json", "--quiet",
        "--skip", ",".join(BANDIT_OFF), folder=folder,
    )  # fmt: skip
    for issue in report["results"]:
        place = f"{issue['filename']}:{issue['line_number']}"
        yield f"{place}: {issue['test_id']} {issue['issue_text']}"
    for error in report["errors"]:
        yield f"bandit cannot read {error['filename']}: {error['reason']}"


def check_with_detect_secrets(folder: Path) -> Iterator[str]:
    """Yield what detect-secrets finds, but for what is expected."""
    off = [part for plugin in SECRETS_OFF for part in ("--disable-plugin", plugin)]
    report = _run_json(
        "detect_secrets", "scan", "--all-files", "--exclude-files", r"metadata\.txt", *off, ".",
        folder=folder,
    )  # fmt: skip
    for name, secrets in report["results"].items():
        for secret in secrets:
            if not _is_expected(name, secret["type"]):
                yield f"{name}:{secret['line_number']}: {secret['type']}"


def check_with_flake8(folder: Path) -> Iterator[str]:
    """Yield what flake8 finds with the site's rules."""
    result = _run("flake8", "--isolated", "--max-line-length=120", "--select", ",".join(FLAKE8_ON),
                  PACKAGE, folder=folder)  # fmt: skip
    yield from result.stdout.splitlines()
    yield from result.stderr.splitlines()


def check_zip(path: Path) -> list[str]:
    """Return everything wrong with the zip at ``path``; an empty list if it may be uploaded."""
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as temporary:
        problems = [*check_container(archive)]
        if problems:
            return problems
        problems += check_metadata(archive)
        folder = Path(temporary)
        archive.extractall(folder)
        for check in (check_with_bandit, check_with_detect_secrets, check_with_flake8):
            problems += check(folder)
    return problems


def _is_expected(name: str, kind: str) -> bool:
    return any(
        re.search(pattern + "$", name.replace("\\", "/")) and kind == expected
        for pattern, expected in EXPECTED_SECRETS
    )


def _run(module: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _run_json(module: str, *arguments: str, folder: Path) -> dict[str, object]:
    result = _run(module, *arguments, folder=folder)
    try:
        return json.loads(result.stdout)
    except ValueError:
        raise SystemExit(f"{module} failed: {result.stderr or result.stdout}") from None


def main() -> int:
    """Check the newest zip in the folder given."""
    newest = max(Path(sys.argv[1]).glob(f"{PACKAGE}.*.zip"), key=lambda zip: zip.stat().st_mtime)
    problems = check_zip(newest)
    for problem in problems:
        print(problem)
    size = newest.stat().st_size / 1e6
    print(f"{newest.name}: {size:.1f} MB, {len(problems) or 'no'} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
