#!/bin/sh
# install.sh PYTHON VENV LOCKFILE: makes the environment and installs the pinned packages and this one.
set -eu
python=$1 venv=$2 lock=$3

if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Yijie needs Python 3.11 or newer. Install it, or say where it is: make PYTHON=/path/to/python3.12 ..." >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Debian's python$version-venv ..."
        apt-get install -y -q "python$version-venv" >/dev/null || { apt-get update -q && apt-get install -y -q "python$version-venv"; } >/dev/null
    else
        echo "This Python cannot make environments. On Debian: sudo apt install python$version-venv" >&2
        exit 1
    fi
fi

if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
    rm -rf "$venv"
    "$python" -m venv "$venv" || { echo "Could not create $venv here: is the disk full, or the folder read-only?" >&2; exit 1; }
fi

echo "Installing the pinned packages of $lock (first time: about a minute) ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$lock" >"$log" 2>&1 ||
    ! "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Installing failed (see above): check the network to your package index and free disk space, then run make again." >&2
    exit 1
fi
