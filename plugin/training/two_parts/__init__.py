"""An encoder of two parts, meaning and look, from a package of one: fitted, not trained anew."""
