"""Where pixels lie: ground resolution, footprints, which way is up."""
