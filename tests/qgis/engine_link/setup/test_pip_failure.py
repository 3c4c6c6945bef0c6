from __future__ import annotations

import pytest
from scene_search.engine_link.scrub import scrub
from scene_search.engine_link.setup.pip_failure import explain_pip_failure

NO_MATCH = "ERROR: No matching distribution found for numpy>=2.0"


@pytest.mark.parametrize(
    ("output", "message", "hint"),
    [
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(... [Errno -3] "
            "Temporary failure in name resolution')'\n" + NO_MATCH,
            "cannot be reached",
            "proxy",
        ),
        (
            "OSError: Cannot connect to proxy. Tunnel connection failed: 407 Proxy "
            "Authentication Required\n" + NO_MATCH,
            "proxy refused",
            "password",
        ),
        (
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]\n" + NO_MATCH,
            "certificate",
            "PIP_CERT",
        ),
        ("ERROR: [Errno 28] No space left on device", "disk is full", "space"),
        ("ERROR: [WinError 5] Access is denied: 'numpy.pyd'", "could not be written", "antivirus"),
        (NO_MATCH, "has no numpy>=2.0 for this system and Python 3.11", "another Python"),
        ("segfault", "packages failed", "log"),
    ],
)
def test_says_what_to_do(output, message, hint):
    error = explain_pip_failure(output, python="3.11")
    assert message in error.message
    assert hint in error.hint
    assert error.log_tail == output


def test_a_wheel_that_is_missing_from_the_folder():
    error = explain_pip_failure(NO_MATCH, wheel_folder="/wheels", python="3.12")
    assert "folder of wheels has no numpy>=2.0" in error.message
    assert "Python 3.12" in error.message


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://user:pa%40ss@host/simple", "https://***@host/simple"),
        ("Looking in indexes: http://token@h:80/", "Looking in indexes: http://***@h:80/"),
        ("password=hunter2 next", "password=*** next"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("mail@example.org stays", "mail@example.org stays"),
        ("https://host/a@b stays", "https://host/a@b stays"),
    ],
)
def test_scrub(text, clean):
    assert scrub(text) == clean


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("ERROR: HTTP error 407 while getting https://host/simple/numpy/", True),
        ("requests.exceptions.HTTPError: 407 Client Error: Proxy Authentication Required", True),
        ("WARNING: Retrying: Connection to 127.0.0.1:4407 refused, logs in /tmp/run-407/x", False),
    ],
)
def test_a_number_in_a_path_is_no_proxy(said, refused):
    error = explain_pip_failure(said, python="3.11")
    assert ("proxy refused" in error.message) is refused
