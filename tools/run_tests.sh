#!/bin/sh
# run_tests.sh [PATHS]: the quick lane with branch coverage; the kernel and the engines must be covered whole.
set -eu
bin=.venv/bin
rm -f .coverage .coverage.*
export COVERAGE_PROCESS_START="$PWD/pyproject.toml"
"$bin/coverage" run -m pytest -n 2 -m "not soak" --durations=12 "$@"
"$bin/coverage" combine -q
"$bin/coverage" report --skip-covered
[ $# -gt 0 ] || "$bin/coverage" report --include 'yijie/kernel/*,yijie/engines/*' --fail-under 100
