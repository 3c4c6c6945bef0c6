"""Says why pip failed and what the user can do, from what it printed."""

from __future__ import annotations

import re

from ..errors import EngineSetupError

_INDEX_HINT = (
    "Check the network connection and QGIS's proxy (Settings > Options > Network), then try "
    "again; without a network, set the engine up from a folder of wheels"
)


#: What pip and the libraries below it say of a proxy; 407 alone may be part of a path or a port.
_PROXY_REFUSED = re.compile(
    r"(failed|error|status(?: code)?):? 407\b|\b407 Client Error|Proxy Authentication|ProxyError|"
    r"Cannot connect to proxy",
    re.IGNORECASE,
)


def explain_pip_failure(
    output: str, *, wheel_folder: str = "", python: str = ""
) -> EngineSetupError:
    """Return the error to show.

    Args:
        output: the end of what pip printed.
        wheel_folder: the folder of wheels it was to install from, if any.
        python: the version of the environment's Python, for the hint.
    """
    missing = re.search(r"No matching distribution found for (\S+)", output)
    if re.search(r"No space left on device|Errno 28|not enough space|WinError 112", output):
        return EngineSetupError(
            "The disk is full",
            "Free some space, or choose another place for the engine in the options",
            output,
        )
    if wheel_folder and missing:
        return EngineSetupError(
            f"The folder of wheels has no {missing[1]} for this system and Python {python}",
            "On a machine with a network and the same system and Python, run: "
            "python -m pip download --only-binary=:all: -d FOLDER -r requirements.txt "
            "(the file is in the plugin's engine folder), and copy the folder",
            output,
        )
    if _PROXY_REFUSED.search(output):
        return EngineSetupError(
            "The proxy refused the connection to the package index",
            "Check QGIS's proxy, user and password (Settings > Options > Network)",
            output,
        )
    if re.search(r"CERTIFICATE_VERIFY_FAILED|SSLError|SSL: ", output):
        return EngineSetupError(
            "The package index's certificate was not accepted",
            "If your network inspects encrypted traffic, set the environment variable PIP_CERT "
            "to your organisation's certificate file and start QGIS again",
            output,
        )
    if re.search(
        r"NewConnectionError|Failed to establish|ConnectTimeout|ReadTimeout|timed out|"
        r"Name or service not known|name resolution|getaddrinfo|Connection refused|"
        r"Connection reset|ConnectionError|Max retries",
        output,
    ):
        return EngineSetupError("The package index cannot be reached", _INDEX_HINT, output)
    if re.search(r"401 |403 |Unauthorized|Forbidden", output):
        return EngineSetupError(
            "The package index refused access",
            "Check the address of the package index in Scene Search's options",
            output,
        )
    if missing:
        return EngineSetupError(
            f"The package index has no {missing[1]} for this system and Python {python}",
            "Choose another Python or another package index in Scene Search's options",
            output,
        )
    if re.search(r"Permission denied|Access is denied|Errno 13|WinError 5", output):
        return EngineSetupError(
            "A file could not be written",
            "Close other QGIS windows, look whether an antivirus program interferes, and try "
            "again, or choose another place for the engine in the options",
            output,
        )
    return EngineSetupError(
        "Installing the engine's packages failed",
        "Copy the log and report it, or try another Python in Scene Search's options",
        output,
    )
