#!/bin/sh
# Print a Python (3.10 or newer, able to make virtual environments) for the engine.
#
# A version manager's python3 comes first when it is good enough, then the system's. On Debian
# and Ubuntu the system's python3 lacks venv until python3-venv is installed, which this does.
set -eu

usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

find_one() {
    for candidate in ${SCENE_SEARCH_PYTHON:-} python3 /usr/bin/python3 \
        python3.13 python3.12 python3.11 python3.10; do
        if path=$(command -v "$candidate") && usable "$path"; then
            echo "$path"
            return 0
        fi
    done
    return 1
}

find_one && exit 0

if command -v apt-get >/dev/null; then
    sudo=""
    [ "$(id -u)" = 0 ] || sudo="sudo"
    {
        $sudo apt-get update -q
        $sudo env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends python3 python3-venv
    } >&2
    find_one && exit 0
fi

echo "Scene Search needs Python 3.10 or newer with the venv module." >&2
echo "Install one, or name it: make engine SCENE_SEARCH_PYTHON=/path/to/python3" >&2
exit 1
