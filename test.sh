#!/usr/bin/env bash
# All tests, from a fresh Debian 12 or 13; see --help.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=.ci/setup.sh
. "$root/.ci/setup.sh"

usage() {
  cat <<'END'
usage: ./test.sh [ARGUMENT of ctest...]

Installs the Debian packages that are missing (apt only, with sudo when not root), builds all of
faultprint into build/release and runs every test: unit tests, and integration tests against a
real Kafka and Prometheus. The last line is ctest's count, the exit status ctest's. With CI=true
(.ci/run) a skipped test is a failure, but for those that this script names.

  ./test.sh -L unit          the unit tests alone
  ./test.sh -R integration   the integration tests alone
END
}

for argument in "$@"; do
  case $argument in -h|--help) usage; exit 0 ;; esac
done

install_packages "$program_packages$test_packages"
configure "$root/build/release" -DFAULTPRINT_TESTS=ON -DFAULTPRINT_BENCH=ON
build "$root/build/release" -j 2
say "Ready after $SECONDS s ($parts). The tests:"

# Three at once on two processors: most wait more than they compute.
start=$SECONDS
log=$root/build/release/tests.log
status=0
(cd "$root" && ctest --preset release --no-tests=error -j 3 "$@") 2>&1 | tee "$log" || status=$?
part_done tests "$start"

# What no CI job in a container can do. NAME REASON, a line each.
may_skip="
integration.life boots a Debian: root, namespaces and cgroups (see tests/integration/test_life.py)
integration.previous builds the version before: the whole history of a clone
integration.rolling_upgrade runs the version before: the whole history of a clone
integration.failures mounts: root and a mount namespace; its other tests passed
integration.operation mounts: root and a mount namespace; its other tests passed
"

# ctest counts a skipped test as passed and names it in a list that ends the output.
skipped=$(sed -n '/^The following tests did not run:/,/^$/ s/^[[:space:]]*[0-9]* - \(.*\) (Skipped)$/\1/p' "$log")
say
say "$SECONDS s in all ($parts)"
while read -r name; do
  [ -n "$name" ] || continue
  reason=$(sed -n "s/^$name //p" <<<"$may_skip")
  say "Skipped: $name${reason:+, which $reason}"
  if [ "${CI:-}" = true ] && [ "$status" = 0 ] && [ -z "$reason" ]; then
    say "CI=true: that is a failure."
    status=1
  fi
done <<<"$skipped"
grep -E '^[0-9]+% tests passed' "$log" | tail -n 1 || true
exit "$status"
