from __future__ import annotations

import pytest
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage


@pytest.fixture(scope="session")
def encoder(tiny_encoder):
    return Encoder(EncoderPackage.load(tiny_encoder), threads=1)
