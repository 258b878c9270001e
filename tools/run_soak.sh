#!/bin/sh
# The long lane. Its report, with commit and date, is kept in docs/reports/soak.md.
set -u
bin=.venv/bin
report=docs/reports/soak.md
output=$(mktemp)
trap 'rm -f "$output"' EXIT
began=$(date +%s)
"$bin/python" -m pytest -n 2 -m soak -p no:randomly -rA --durations=0 >"$output" 2>&1
status=$?
{
    echo "# Last long run (\`make soak\`)"
    echo
    echo "- commit: $(git rev-parse --short HEAD 2>/dev/null || echo none)$(git diff --quiet HEAD 2>/dev/null || echo ' with uncommitted changes')"
    echo "- date: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
    echo "- machine: $(nproc) cores, $("$bin/python" -V)"
    echo "- took: $(( ($(date +%s) - began) / 60 )) minutes"
    echo "- result: $([ $status = 0 ] && echo passed || echo FAILED)"
    echo
    echo '```'
    cat "$output"
    echo '```'
} >"$report"
tail -n 15 "$output"
echo "Report: $report"
exit $status
