from __future__ import annotations

import pytest
from qgis.core import Qgis
from scene_search.engine.errors import IndexFileError
from scene_search.engine_link.errors import (
    EngineCallError,
    EngineCancelledError,
    EngineDiedError,
    EngineNotInstalledError,
    EngineSetupError,
)
from scene_search.engine_link.exit_reason import describe_exit, describe_start_failure
from scene_search.engine_link.messages import message_for, push_error

LEVEL = Qgis.MessageLevel


@pytest.mark.parametrize(
    ("error", "level", "words"),
    [
        (EngineCancelledError(), LEVEL.Info, ""),
        (EngineNotInstalledError(), LEVEL.Warning, "Set up the engine"),
        (EngineSetupError("The disk is full", "Free some space", "log"), LEVEL.Critical, "Free"),
        (EngineCallError("Not a raster", "Choose another", "RasterError"), LEVEL.Warning, "Choose"),
        (EngineCallError("Disk full", "Free space", "StorageError"), LEVEL.Critical, "Free"),
        (IndexFileError("No index", hint="Make one"), LEVEL.Warning, "No index. Make one."),
        (EngineDiedError(describe_exit(-9), "log"), LEVEL.Critical, "memory ran out"),
        (EngineDiedError(describe_exit(137)), LEVEL.Critical, "memory ran out"),
        (EngineDiedError(describe_exit(-11)), LEVEL.Critical, "crashed (SIGSEGV)"),
        (EngineDiedError(describe_exit(0xC0000005)), LEVEL.Critical, "access violation"),
        (EngineDiedError(describe_exit(0xC0000017)), LEVEL.Critical, "memory ran out"),
        (EngineDiedError(describe_exit(1)), LEVEL.Critical, "exit code 1"),
        (
            EngineDiedError(describe_start_failure("/x/python", FileNotFoundError(2, "No file"))),
            LEVEL.Critical,
            "could not be started: /x/python: No file",
        ),
        (ValueError("bug"), LEVEL.Critical, "ValueError: bug"),
    ],
)
def test_says_what_happened_and_what_to_do(error, level, words):
    message = message_for(error)
    assert message.level == level
    assert words in message.text
    assert message.title
    assert ".." not in message.text


def test_only_setup_errors_offer_the_setup():
    assert message_for(EngineNotInstalledError()).offers_setup
    assert message_for(EngineSetupError("x")).offers_setup
    assert not message_for(EngineCallError("x")).offers_setup


def test_the_log_is_behind_more(iface):
    push_error(iface.messageBar(), EngineDiedError(describe_exit(-9), "the last words"))
    ((title, text, level),) = iface.messages()
    assert title == "Engine stopped"
    assert "the last words" not in text
    assert level == LEVEL.Critical
    assert message_for(EngineDiedError(describe_exit(-9), "the last words")).details
