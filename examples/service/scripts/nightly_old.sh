#!/bin/sh
set -eu

sh scripts/dump_books.sh
