#!/bin/sh
# lock.sh BIN: resolves pyproject.toml anew for every supported Python and writes the lock files, hashes and no addresses.
set -eu
bin=$1
"$bin/python" -m pip install -q --disable-pip-version-check uv
for name in run dev spark; do
    extra=""
    [ "$name" = run ] || extra="--extra $name"
    # shellcheck disable=SC2086
    "$bin/uv" pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
        --custom-compile-command "make lock" $extra pyproject.toml -o "requirements/$name.txt"
done
