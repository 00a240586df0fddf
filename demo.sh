#!/usr/bin/env bash
# From a fresh Debian 12 or 13 to the demo's summary; see --help.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=.ci/setup.sh
. "$root/.ci/setup.sh"

usage() {
  cat <<'END'
usage: ./demo.sh [OPTION of faultprint demo...]

Installs the Debian packages that are missing (apt only, with sudo when not root), builds
faultprint into build/demo, and runs its demo on a bundled recording of real routers: it learns
two kinds of fault from labelled incidents, then names them in a live stream it has not seen.
No server, no configuration. A few minutes the first time, under one minute after that.

Options go to the demo:
  --keep      keep serving /metrics until Ctrl-C
  --seed N    seed of the training
  --speed X   event seconds per second
  --help      this text; all options: build/demo/faultprint demo --help
END
}

for argument in "$@"; do
  case $argument in -h|--help) usage; exit 0 ;; esac
done

jobs=$(nproc)
install_packages "$program_packages"
configure "$root/build/demo" -DFAULTPRINT_TESTS=OFF -DFAULTPRINT_BENCH=OFF -DFAULTPRINT_KERNELS=host
build "$root/build/demo" --target faultprint -j $((jobs < 2 ? jobs : 2))
say "Ready after $SECONDS s ($parts). The demo:"
say
exec "$root/build/demo/faultprint" demo "$@"
