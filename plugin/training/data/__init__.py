"""What encoders learn from: benchmark lists, captions, cached pixels, augmentation."""
