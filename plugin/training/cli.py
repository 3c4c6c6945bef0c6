"""The training part's command line: ``models``, ``two-parts``, ``packages``, ``train``, ``export``.

``scene-search train`` and ``scene-search export`` start it in a process of its own. Results go to
standard output, all else to standard error; exit statuses are those of ``scene-search``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import paths
from ..engine.commands.console import print_any_name
from ..engine.errors import SceneSearchError, UsageError
from .captions.systems import CAPTION_SYSTEMS
from .data.benchmarks import TrainingDataError
from .export.parity import ParityError
from .recipe import RECIPES, RecipeError
from .running.tether import tether

FAILURE, USAGE, INTERRUPTED = 1, 2, 130


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(prog="scene_search.training", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true")
    common.add_argument("--verbose", action="store_true")
    common.add_argument(
        "--tethered", action="store_true", help="stop when standard input, a pipe, ends"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    models = commands.add_parser(
        "models", parents=[common], help="train, measure and write the shipped encoder"
    )
    models.add_argument("--data", type=Path, required=True, help="the data folder")
    models.add_argument("--recipe", type=Path, default=RECIPES / "default.yaml")
    models.add_argument("--runs", type=Path, default=Path("runs"), help="checkpoints and logs")
    models.add_argument("--output", type=Path, help="where the packages go (default: models/)")
    models.set_defaults(run=_models)
    two_parts = commands.add_parser(
        "two-parts", parents=[common], help="make an encoder of meaning and look from a package"
    )
    two_parts.add_argument("--package", type=Path, required=True, help="package of one part")
    two_parts.add_argument("--data", type=Path, required=True, help="the data folder")
    two_parts.add_argument("--recipe", type=Path, default=RECIPES / "two-parts.yaml")
    two_parts.add_argument(
        "--runs", type=Path, default=Path("runs"), help="of what is computed once"
    )
    two_parts.add_argument("--output", type=Path, required=True, help="folder of the new package")
    two_parts.set_defaults(run=_two_parts)
    packages = commands.add_parser(
        "packages", parents=[common], help="train, measure and write the published systems"
    )
    packages.add_argument("--data", type=Path, required=True, help="the data folder")
    packages.add_argument("--packages", type=Path, default=RECIPES / "packages.yaml")
    packages.add_argument("--runs", type=Path, default=Path("runs"), help="checkpoints and logs")
    packages.add_argument("--output", type=Path, help="where the packages go (default: models/)")
    packages.add_argument("--only", help="make this one package")
    packages.set_defaults(run=_packages)
    train = commands.add_parser("train", parents=[common], help="train a published system")
    train.add_argument("system", choices=["multilevel-hashing", *CAPTION_SYSTEMS])
    train.add_argument("--data", type=Path)
    source = train.add_mutually_exclusive_group(required=True)
    source.add_argument("--benchmark")
    source.add_argument("--index", type=Path)
    train.add_argument("--tiles", type=int)
    train.add_argument("--backbone", type=Path)
    train.add_argument("--progress-lines", action="store_true")
    train.add_argument("--output", type=Path, required=True)
    train.add_argument("--bits", type=int)
    train.add_argument("--config", type=Path)
    train.add_argument("--epochs", type=int)
    train.add_argument("--towers", type=Path)
    train.add_argument("--code-of", type=Path)
    train.add_argument("--unlabelled", action="store_true")
    train.add_argument("--resume", action="store_true")
    train.set_defaults(run=_train)
    export = commands.add_parser("export", parents=[common], help="make an encoder package")
    export.add_argument("checkpoint", type=Path)
    export.add_argument("--output", type=Path, required=True)
    export.add_argument("--int8", action="store_true")
    export.add_argument("--bits", type=int)
    export.add_argument("--images", type=Path)
    export.add_argument("--benchmark", action="append", default=[])
    export.add_argument("--data", type=Path)
    export.set_defaults(run=_export)
    return parser


def _models(arguments: argparse.Namespace) -> dict[str, Any]:
    from .default.make import make_models

    output = arguments.output or paths.models()
    make_models(arguments.recipe, arguments.data.resolve(), arguments.runs, output)
    return {"output": str(output)}


def _two_parts(arguments: argparse.Namespace) -> dict[str, Any]:
    from .two_parts.make import make_two_parts
    from .two_parts.recipe import read_two_parts

    recipe = read_two_parts(arguments.recipe)
    cache = arguments.runs / "cache"
    data = arguments.data.resolve()
    results = make_two_parts(arguments.package, recipe, data, cache, arguments.output)
    return {"output": str(arguments.output), "results": [dict(entry) for entry in results]}


def _packages(arguments: argparse.Namespace) -> dict[str, Any]:
    from .make_packages import make_packages, read_packages

    packages = read_packages(arguments.packages)
    if arguments.only is not None and arguments.only not in packages:
        raise UsageError(
            f"There is no package {arguments.only}", hint=f"Name one of {', '.join(packages)}."
        )
    wanted = {k: v for k, v in packages.items() if arguments.only in (None, k)}
    data, output = arguments.data.resolve(), arguments.output or paths.models()
    made = list(make_packages(wanted, data, arguments.runs, output))
    return {"packages": made, "bytes": sum(entry["bytes"] for entry in made)}


def _train(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.system in CAPTION_SYSTEMS:
        return _train_captions(arguments)
    if arguments.towers is not None or arguments.code_of is not None:
        raise UsageError(
            f"{arguments.system} begins with no other system's towers, and trains all its code "
            "lengths together",
            hint="Leave --towers and --code-of out.",
        )
    from .hashing.command import train_from

    return train_from(arguments)


def _train_captions(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.index is not None or arguments.backbone is not None:
        raise UsageError(
            f"{arguments.system} learns from captions, which an index has not",
            hint="Train multilevel-hashing, or give --benchmark and --config.",
        )
    if arguments.data is None:
        raise UsageError(
            "The folder of benchmarks and backbones is unknown",
            hint="Give it with --data, or set SCENE_SEARCH_DATA.",
        )
    if arguments.unlabelled:
        raise UsageError(f"{arguments.system} learns from captions", hint="Leave --unlabelled out.")
    from .captions.stages import train_another_code, train_stages

    if arguments.code_of is not None:
        if arguments.bits is None or arguments.towers or arguments.config:
            raise UsageError(
                "--code-of trains a code of another length for a trained system, and nothing else",
                hint="Give the length with --bits, and leave --towers and --config out.",
            )
        return train_another_code(
            arguments.system,
            arguments.code_of,
            arguments.benchmark,
            arguments.data.resolve(),
            arguments.output,
            bits=arguments.bits,
            epochs=arguments.epochs,
            resume=arguments.resume,
        )
    return train_stages(
        arguments.system,
        arguments.config,
        arguments.benchmark,
        arguments.data.resolve(),
        arguments.output,
        bits=arguments.bits,
        epochs=arguments.epochs,
        towers=arguments.towers,
        resume=arguments.resume,
    )


def _export(arguments: argparse.Namespace) -> dict[str, Any]:
    from .export.system_package import export_system

    return export_system(
        arguments.checkpoint,
        arguments.output,
        int8=arguments.int8,
        bits=arguments.bits,
        images=arguments.images,
        benchmarks=arguments.benchmark,
        data=arguments.data,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status.

    Args:
        argv: the arguments; the process's own if None.
    """
    print_any_name()
    arguments = build_parser().parse_args(argv)
    if arguments.tethered:
        tether()
    try:
        # progress bars write to standard output, which is for the result alone
        with contextlib.redirect_stdout(sys.stderr):
            result: dict[str, Any] = arguments.run(arguments)
    except (SceneSearchError, TrainingDataError, RecipeError, ParityError) as error:
        return _fail(str(error), USAGE if isinstance(error, UsageError) else FAILURE)
    except (KeyboardInterrupt, SystemExit):  # Lightning exits on a signal of its own accord
        print("Stopped; finished epochs are kept, go on with --resume", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 (the process's edge: one line, not a traceback)
        if arguments.verbose:
            traceback.print_exc()
        return _fail(f"{type(error).__name__}: {error}", FAILURE)
    if arguments.json:
        print(json.dumps(result, allow_nan=False))
    else:
        print("\n".join(f"{key}: {value}" for key, value in result.items()))
    return 0


def _fail(reason: str, status: int) -> int:
    print(f"scene-search: error: {' '.join(reason.split())}", file=sys.stderr)
    return status
