"""What the server can be asked for: thin functions from parameters to the engine's modules."""

from __future__ import annotations

from typing import Any

from ..progress import Progress
from .dispatcher import Method
from .parameters import Parameters


class Methods:
    """The methods of one server."""

    def table(self) -> dict[str, Method]:
        """Return the methods by their names in requests."""
        return {
            "engine.info": Method(self.engine_info),
        }

    def engine_info(self, params: Parameters, _progress: Progress) -> dict[str, Any]:
        """Return versions and execution providers."""
        from ..runtime import engine_facts

        params.finish()
        return engine_facts()

    def close(self) -> None:
        """Close the index files that are open."""
