#!/bin/sh
# Collect the translatable strings of QGIS's side into resources/i18n/scene_search.ts, the
# source file that translators start from.
set -eu
cd "$(dirname "$0")/.."

tool=""
for candidate in pylupdate6 pylupdate5; do
    if command -v "$candidate" >/dev/null; then
        tool=$candidate
        break
    fi
done
if [ -z "$tool" ]; then
    echo "pylupdate is missing. On Debian: apt-get install pyqt5-dev-tools" >&2
    exit 1
fi

mkdir -p resources/i18n
# shellcheck disable=SC2046
"$tool" $(find plugin -name '*.py' \
    -not -path 'plugin/engine/*' -not -path 'plugin/training/*' | sort) \
    -ts resources/i18n/scene_search.ts
