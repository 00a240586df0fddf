#!/bin/bash
# Builds the program of the newest released version out of the repository's history, in FOLDER, for
# test_rolling_upgrade.py:
#     build_previous.sh FOLDER
# Prints the program's path. The commit is the one that tests/data/released/VERSION/commit names. Ends
# with 77, and says why, where the history is not at hand. What FOLDER holds of an earlier call is kept.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
[ $# -eq 1 ] || { echo "usage: ${0##*/} FOLDER" >&2; exit 2; }
released=$(printf '%s\n' "$root"/tests/data/released/*/commit | sort -V | tail -n 1)
commit=$(cat "$released")
version=$(basename "$(dirname "$released")")
folder=$1/$version
program=$folder/build/faultprint

skip() {
  echo "SKIPPED: $*" >&2
  exit 77
}
# On standard output the path alone.
fail() {
  tail -n 40 "$folder/log" >&2
  echo "building $version ($commit) failed; all of it is in $folder/log" >&2
  exit 1
}

if [ "$(cat "$folder/commit" 2>/dev/null)" = "$commit" ] && "$program" --version >/dev/null 2>&1; then
  echo "$program"
  exit
fi
command -v git >/dev/null || skip "no git, and $version is built from the history"
why=$(git -C "$root" rev-parse --show-toplevel 2>&1) ||
  skip "$version is built from the history, and this is no clone: ${why%%$'\n'*}"
git -C "$root" cat-file -e "$commit^{commit}" 2>/dev/null ||
  skip "$version is built from the history, which does not go back to $commit (a shallow clone?)"

rm -rf "$folder"
mkdir -p "$folder/source"
git -C "$root" archive "$commit" | tar -x -C "$folder/source"
# Beside other tests, so as not to hold them up; -O1: two thirds of the time.
nice -n 15 cmake -S "$folder/source" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG -fno-math-errno" -DCMAKE_UNITY_BUILD=ON \
  -DFAULTPRINT_TESTS=OFF -DFAULTPRINT_BENCH=OFF >"$folder/log" 2>&1 || fail
nice -n 15 cmake --build "$folder/build" -j 2 --target faultprint >>"$folder/log" 2>&1 || fail
echo "$commit" >"$folder/commit"
rm -rf "$folder/source"
echo "$program"
