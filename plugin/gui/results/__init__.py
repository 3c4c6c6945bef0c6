"""The dock's results part: the list of hits, their pictures, their layers on the map."""
