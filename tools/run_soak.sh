#!/bin/sh
# run_soak.sh [PATHS]: the long lane, or what of it lies in PATHS. The report, with commit and date, is docs/reports/soak.md.
set -u
bin=.venv/bin
report=docs/reports/soak.md
mkdir -p docs/reports
output=$(mktemp)
trap 'rm -f "$output"' EXIT
began=$(date +%s)
commit="$(git rev-parse --short HEAD 2>/dev/null || echo none)$(git diff --quiet HEAD 2>/dev/null || echo ' with uncommitted changes')"

# Spark is optional: its tests run where it and a Java runtime can be had, and say so where not.
"$bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements/spark.txt >/dev/null 2>&1 ||
    echo "Spark could not be installed; its tests are skipped." >&2
if ! command -v java >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -q && apt-get install -y -q default-jre-headless; } >/dev/null 2>&1 ||
        echo "No Java runtime could be installed; the tests of Spark are skipped." >&2
fi

"$bin/python" -m pytest -n 2 --dist worksteal -m soak -p no:randomly -vv -rP --durations=0 "$@" >"$output" 2>&1
status=$?
{
    echo "# Last long run (\`make soak\`)"
    echo
    echo "- commit: $commit"
    echo "- date: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
    echo "- machine: $(nproc) cores, $("$bin/python" -V)"
    echo "- of: ${*:-everything}"
    echo "- took: $(( ($(date +%s) - began) / 60 )) minutes"
    echo "- result: $([ $status = 0 ] && echo passed || echo FAILED)"
    echo
    echo '```'
    sed "s#$PWD#.#g" "$output" # the report is read elsewhere
    echo '```'
} >"$report"
tail -n 15 "$output"
echo "Report: $report"
exit $status
