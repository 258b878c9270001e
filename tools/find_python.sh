#!/bin/sh
# Prints the first interpreter that is Python 3.11 or newer; prints nothing when there is none.
for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
    path=$(command -v "$candidate") || continue
    if "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$path"
        exit 0
    fi
done
exit 0
