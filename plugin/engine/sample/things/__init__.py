"""Single things that painters put into a scene: buildings, vehicles, roads."""
