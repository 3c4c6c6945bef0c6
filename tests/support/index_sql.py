"""Looking into an index file, and editing it, as other programs do: with SQL."""

import sqlite3
from contextlib import closing

from fudgeo.extension.spatial import ST_FUNCS


def sql(path, *statements):
    """Run statements in one transaction and return the rows of the last.

    The functions that triggers of a GeoPackage call are there, as in every GIS.
    """
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, function in ST_FUNCS.items():
            connection.create_function(name, 1, function, deterministic=True)
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        return rows
