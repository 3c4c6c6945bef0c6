"""QGIS's side of the process boundary: starts the engine, talks to it, sets up its environment.

``worker``, ``connection``, ``engine_log``, ``exit_reason``, ``errors``, ``clean_environment`` and
``scrub`` import neither Qt nor qgis, so a script can drive the engine with them as well.
"""
