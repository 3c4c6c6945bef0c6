"""``scene-search serve``: the engine as a child process that speaks JSON-RPC (see ``rpc``)."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
from typing import NoReturn

from .lifeline import end_process, end_within, guard
from .rpc.dispatcher import CLOSE_SECONDS, Dispatcher
from .rpc.methods import Methods
from .rpc.stdio import claim_stdio, read_ahead, read_lines

log = logging.getLogger(__name__)

#: From the end of the input to the end of the process, whatever else happens: the work that is
#: stopped has its time first. The guard comes last.
END_SECONDS = CLOSE_SECONDS + 2.0
GUARD_SECONDS = END_SECONDS + 2.0


def serve() -> NoReturn:
    """Answer requests on standard input and output until the input ends.

    The parent closing its end, or dying, ends the process, with threads that are stuck in native
    code or without: nothing is left running behind an analyst's back. Running work is stopped
    first, so that an index is left valid.
    """
    source, sink = claim_stdio()
    guard(source.fileno(), GUARD_SECONDS)
    faulthandler.enable(sys.stderr)  # a crash in native code leaves its trace in the log
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(threadName)s: %(message)s",
    )
    # Ctrl-C in the terminal that QGIS was started from goes to the whole process group; QGIS
    # decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    methods = Methods()
    dispatcher = Dispatcher(sink, methods.table())
    log.info("The engine is ready (process %s)", os.getpid())
    dispatcher.serve(read_ahead(read_lines(source), lambda: end_within(END_SECONDS)))
    end_within(END_SECONDS)  # after a request to shut down the input goes on
    log.info("The link is closed")
    if not dispatcher.busy:
        # Work that is stuck may hold the index. It needs no farewell: what is committed is
        # valid, and the rest is rolled back by the next reader.
        methods.close()
    end_process(0)
