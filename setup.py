"""Reads the version from metadata.txt, the one place it is written."""

import configparser
from pathlib import Path

from setuptools import setup

metadata = configparser.ConfigParser()
metadata.read(Path(__file__).parent / "metadata.txt", encoding="utf-8")
setup(version=metadata["general"]["version"])
