"""What tests of indexing share: encoders that count, progress that stops, what an index holds."""

from pathlib import Path

from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.progress import Progress


class Counting:
    """An encoder that counts what it encodes."""

    def __init__(self, encoder):
        self._encoder = encoder
        self.tiles = 0

    def __getattr__(self, name):
        return getattr(self._encoder, name)

    def with_bits(self, bits):
        self._encoder = self._encoder.with_bits(bits)
        return self

    def encode_images(self, rgb):
        self.tiles += len(rgb)
        return self._encoder.encode_images(rgb)


class CancelAfter(Progress):
    """Progress that is cancelled once some windows are done."""

    def __init__(self, windows):
        super().__init__()
        self._windows = windows

    def report(self, done, total=None, *, unit="tiles", message="", force=False):
        if unit == "tiles" and done >= self._windows:
            self.cancel()
        super().report(done, total, unit=unit, message=message, force=force)


def contents(path):
    """Return code and embedding of every tile, by source name and window."""
    with TileIndex.open(path, read_only=True) as index:
        table = index.load_codes()
        tiles = index.tiles(table.ids)
        embeddings = index.embeddings(table.ids)
        return {
            (Path(t.source_path).name, t.window): (code.tobytes(), vector.tobytes())
            for t, code, vector in zip(tiles, table.codes, embeddings, strict=True)
        }


def states(path):
    with TileIndex.open(path, read_only=True) as index:
        return {Path(s.path).name: s.state for s in index.sources()}
