"""The dock's index part: choosing, building, its report."""
