"""What was computed of recent texts."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Computes something of each text once while it is recent. Safe to use from several threads.

    Args:
        compute: returns what belongs to each of some different texts, one or more.
        kept: how many texts are remembered.
    """

    def __init__(self, compute: Callable[[Sequence[str]], Sequence[Value]], kept: int) -> None:
        self._compute = compute
        self._most = kept
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Value] = OrderedDict()

    def __call__(self, texts: Iterable[str]) -> list[Value]:
        """Return what belongs to each text, in their order.

        More texts than are remembered are all answered, and the last ones remembered. Two threads
        that want the same text at once both compute it.
        """
        wanted = list(texts)
        with self._lock:
            known = {text: self._kept[text] for text in wanted if text in self._kept}
        if new := [text for text in dict.fromkeys(wanted) if text not in known]:
            known.update(zip(new, self._compute(new), strict=True))
        with self._lock:
            for text in wanted:
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return [known[text] for text in wanted]
