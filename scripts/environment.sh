#!/bin/sh
# Makes or brings up to date the environment in .venv: `scripts/environment.sh dev|train|serve`.
# Needs Python 3.11 or newer with pip; no ensurepip, no compiler. Every package is installed from the lock, by hash; a lock
# names all of them, so nothing is looked up beside it.
set -eu

extra=$1
lock=requirements/$extra.lock
stamp=.venv/.installed-$extra
python=.venv/bin/python
needed_mb=2000

fail() {
    echo "error: $1" >&2
    exit 1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    found=$("${PYTHON:-python3}" --version 2>/dev/null || true)
    fail "Python 3.11 or newer is needed, found ${found:-none}; name another with PYTHON=/path/to/python3.11"
}

make_environment() {
    base=$(find_python)
    "$base" -m pip --version >/dev/null 2>&1 || fail "$base has no pip; install it (Debian: apt install python3-pip)"
    free_mb=$(df -Pm . | awk 'NR == 2 { print $4 }')
    [ "$free_mb" -ge "$needed_mb" ] || fail "the disk has $free_mb MB free, the environment needs $needed_mb MB"
    # Without pip inside: saves ensurepip, which Debian packs separately and which takes seconds.
    "$base" -m venv --clear --without-pip .venv || fail "$base cannot make an environment in .venv"
    # uv installs in seconds what pip installs in a minute; its version and hashes stand in the lock like any other's.
    sed -n '/^uv==/,/# via/p' requirements/dev.lock >.venv/uv.lock
    pip -r .venv/uv.lock 2>/dev/null || echo "uv is not available here: installing with pip, which takes longer"
}

pip() {
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$(find_python)" -m pip --python "$python" install --quiet --no-deps --require-hashes "$@"
}

install() {
    if [ -x .venv/bin/uv ]; then
        .venv/bin/uv pip install --quiet --python "$python" --no-deps --require-hashes -r "$lock"
        .venv/bin/uv pip install --quiet --python "$python" --no-deps --editable .
    else
        pip -r "$lock"
        PIP_DISABLE_PIP_VERSION_CHECK=1 "$(find_python)" -m pip --python "$python" install --quiet --no-deps --editable .
    fi
}

# Whatever stands there but does not run (another machine's, a moved folder's) is made anew.
if ! [ "$("$python" -c 'import sys; print(sys.prefix)' 2>/dev/null)" = "$(pwd -P)/.venv" ]; then
    echo "making the environment in .venv"
    make_environment
fi
echo "installing $lock"
install || fail "$lock could not be installed (the reason stands above); \`make clean-venv\` starts afresh"
# Where byte code may not be written later (PYTHONDONTWRITEBYTECODE, a read-only folder) MLflow would take 40 s to start.
"$python" -m compileall -q -j 0 -x '/tests?/' .venv/lib >/dev/null 2>&1 || true
touch "$stamp"
