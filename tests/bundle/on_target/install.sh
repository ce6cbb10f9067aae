#!/bin/sh
# Installs easwizard from this folder: no network, no root. Options are handed on to install.py.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 2
for python in python3.14 python3.13 python3.12 python3.11 python3; do
    if "$python" -c "" >/dev/null 2>&1; then
        exec "$python" "$here/install.py" "$@"
    fi
done
echo "There is no Python 3 here. README.txt says which ones will do." >&2
exit 2
