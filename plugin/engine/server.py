"""``scene-search serve``: the engine as a child process that speaks JSON-RPC (see ``rpc``)."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys

from .rpc.dispatcher import Dispatcher
from .rpc.methods import Methods
from .rpc.stdio import claim_stdio, read_lines

log = logging.getLogger(__name__)


def serve() -> int:
    """Answer requests on standard input and output until the input ends.

    The parent closing its end, or dying, ends the process: nothing is left running behind an
    analyst's back. Running work is stopped first, so that an index is left valid.
    """
    source, sink = claim_stdio()
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
    dispatcher.serve(read_lines(source))
    log.info("The link is closed")
    if dispatcher.busy:
        # A thread is stuck in native code. The index needs no farewell: what is committed is
        # valid, and the rest is rolled back by the next reader.
        sys.stderr.flush()
        os._exit(0)
    methods.close()
    return 0
