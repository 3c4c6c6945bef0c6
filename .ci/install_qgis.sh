#!/bin/sh
# Install QGIS (3.34 or newer, with its Python), Xvfb and fonts, where they are missing.
#
# Works on Debian and Ubuntu, as root or through sudo. Debian 12 has QGIS 3.22, so there
# bookworm-backports (QGIS 3.40) is added. Elsewhere it says what to install and stops.
set -eu

have_qgis() {
    command -v qgis_process >/dev/null || return 1
    version=$(QT_QPA_PLATFORM=offscreen qgis_process --version 2>/dev/null |
        sed -n 's/^QGIS \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
    # shellcheck disable=SC2086
    set -- $version
    [ $# = 2 ] && { [ "$1" -gt 3 ] || { [ "$1" = 3 ] && [ "$2" -ge 34 ]; }; }
}

missing() {
    have_qgis || echo qgis python3-qgis
    /usr/bin/python3 -c 'import qgis.core' 2>/dev/null || echo python3-qgis
    /usr/bin/python3 -c 'import venv, ensurepip' 2>/dev/null || echo python3-venv
    command -v xvfb-run >/dev/null || echo xvfb xauth
    [ -d /usr/share/fonts/truetype/dejavu ] || echo fonts-dejavu-core
}

packages=$(missing | tr '\n' ' ')
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "This machine has no apt-get. Please install: QGIS 3.34 or newer with its Python" >&2
    echo "(https://qgis.org/download), Xvfb and the DejaVu fonts. Missing here: $packages" >&2
    exit 1
fi

sudo=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "Root or sudo is needed to install: $packages" >&2
        exit 1
    }
    sudo="sudo"
fi

echo "Installing $packages"
$sudo apt-get update -q

candidate_is_old() {
    version=$(apt-cache policy qgis | sed -n 's/^ *Candidate: *\(.*\)/\1/p')
    ! dpkg --compare-versions "${version#*:}" ge 3.34
}

release=""
if ! have_qgis && candidate_is_old; then
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    if [ "$codename" != bookworm ]; then
        echo "QGIS in this system's packages is older than 3.34." >&2
        echo "Please install a newer one from https://qgis.org/download and try again." >&2
        exit 1
    fi
    release="-t bookworm-backports"
    if ! apt-cache policy | grep -q bookworm-backports; then
        # the mirror that this machine uses for bookworm carries its backports too
        mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' |
            sed -n 's/^\([^ ]*\) bookworm main$/\1/p' | head -n 1)
        [ -n "$mirror" ] || {
            echo "No package source of bookworm is set up, so its backports cannot be added." >&2
            exit 1
        }
        echo "deb $mirror bookworm-backports main" |
            $sudo tee /etc/apt/sources.list.d/bookworm-backports.list >/dev/null
        $sudo apt-get update -q
    fi
fi

# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends $release $packages

have_qgis || {
    echo "QGIS 3.34 or newer is still missing after the installation; see the messages above." >&2
    exit 1
}
