#!/bin/sh
# Takes out of an environment what running programs do not need: debug symbols, the packages' own tests, and what only
# compilers and type checkers read. Called while an image is built.
#   slim-environment FOLDER [--serve]    --serve: also what serving alone does without
set -eu
find "$1" -type d \( -name tests -o -path '*.dist-info/sboms' \) -prune -exec rm -rf {} +
find "$1" -type f \( -name '*.pyi' -o -name '*.h' -o -name '*.a' -o -name '*.pxd' \) -delete
# In folders named *.libs stand copies of system libraries that were made to fit, and that do not survive it.
find "$1" -name '*.libs' -prune -o -type f -name '*.so' -exec strip --strip-unneeded {} +
[ "${2:-}" = --serve ] || exit 0
cd "$1"/lib/python3*/site-packages
# Builds Fortran, builds extensions, tests processors.
rm -rf numpy/f2py numpy/distutils numpy/_core/_simd.*.so
# Valuations are kept in SQLite or PostgreSQL.
rm -rf sqlalchemy/dialects/mysql sqlalchemy/dialects/mssql sqlalchemy/dialects/oracle sqlalchemy/testing
# The Polars sources are documentation for the most part; its byte code alone runs as well.
python -m compileall -q -b polars
find polars -name '*.py' -delete
