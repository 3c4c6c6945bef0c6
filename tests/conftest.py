"""Fixtures that tests of several parts share."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

if importlib.util.find_spec("hypothesis") is not None:  # QGIS's environment does without
    from hypothesis import settings

    # The same examples in every run: a suite that fails now and then tells no one what is wrong.
    # What was found by searching wider is pinned with ``@example`` where it belongs.
    settings.register_profile("suite", derandomize=True, database=None)
    settings.load_profile("suite")


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small but meaningful encoder package; see ``support/tiny_encoder.py``."""
    pytest.importorskip("onnx")
    file = Path(__file__).parent / "support" / "tiny_encoder.py"
    spec = importlib.util.spec_from_file_location("tiny_encoder_support", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.write_tiny_encoder(tmp_path_factory.mktemp("encoders") / "tiny")


@pytest.fixture(scope="session")
def tiny_fusion_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the same encoder with a fusion part; see ``support/tiny_fusion.py``."""
    pytest.importorskip("onnx")
    from tests.support.tiny_fusion import write_tiny_fusion

    return write_tiny_fusion(tmp_path_factory.mktemp("encoders") / "tiny fusion")


@pytest.fixture(scope="session")
def tiny_context_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the same encoder with a context part; see ``support/tiny_context_encoder.py``."""
    pytest.importorskip("onnx")
    from tests.support.tiny_context_encoder import write_tiny_context_encoder

    return write_tiny_context_encoder(tmp_path_factory.mktemp("encoders") / "tiny context")


@pytest.fixture(scope="session")
def tiny_two_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the same encoder with a look part; see ``support/tiny_two_parts.py``."""
    pytest.importorskip("onnx")
    from tests.support.tiny_two_parts import write_tiny_two_parts

    return write_tiny_two_parts(tmp_path_factory.mktemp("encoders") / "tiny two parts")
