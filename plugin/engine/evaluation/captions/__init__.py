"""The caption benchmark: images found by their captions, captions by their images."""
