"""Trains, exports and measures the shipped encoder: ``python -m scene_search.training``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .. import paths
from .data.benchmarks import TrainingDataError
from .make_models import make_models
from .recipe import RecipeError


def main() -> int:
    """Run the recipe and return the exit status."""
    parser = argparse.ArgumentParser(prog="scene_search.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--recipe", type=Path, help="a YAML recipe; the shipped one if left out")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="checkpoints and logs")
    parser.add_argument("--output", type=Path, help="where the packages go; models/ if left out")
    arguments = parser.parse_args()
    recipe = arguments.recipe or Path(__file__).parent / "recipes" / "default.yaml"
    try:
        make_models(
            recipe, arguments.data.resolve(), arguments.runs, arguments.output or paths.models()
        )
    except (TrainingDataError, RecipeError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from the last epoch.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
