"""Environment variables with which a process reaches no network through the libraries it loads.

Files decide what GDAL opens, and some formats fetch by themselves, with a client of their own
that heeds no option of GDAL. Names that are not local are refused before anything is opened (see
``source_files``); behind that, whatever tries to fetch meets a proxy that is not there.

The port is 1, which no service may use without administrator's rights: nobody answers.
"""

from __future__ import annotations

import os

_DEAD = "http://127.0.0.1:1"
_PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")
#: Lists of hosts that would be reached without a proxy.
_EXCEPTIONS = ("no_proxy",)

#: Variables to set. Both spellings: libraries disagree which one they read.
VARIABLES = {
    **dict.fromkeys(_PROXIES, _DEAD),
    **{name.upper(): _DEAD for name in _PROXIES},
    **dict.fromkeys(_EXCEPTIONS, ""),
    **{name.upper(): "" for name in _EXCEPTIONS},
    # netCDF reads proxies, and accounts, from .ncrc and .dodsrc in the working folder, too
    "NCRCENV_IGNORE": "1",
}


def go_offline() -> None:
    """Set the variables in this process, and for those that it starts."""
    os.environ.update(VARIABLES)
