# Read by the scripts here that measure on the bundled recording. $work goes when they end.
set -eu
cd "$(dirname "$0")/.."
faultprint=${FAULTPRINT:-build/release/faultprint}
demo=daemon/demo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# quietly COMMAND...: what it says is shown only where it fails.
quietly() {
  "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

# train MODEL INCIDENTS SEED OPTION...
train() {
  out=$1 incidents=$2 seed=$3
  shift 3
  quietly "$faultprint" train --config $demo/faultprint.yaml --data $demo/train.csv.gz \
    --incidents "$incidents" --out "$out" --seed "$seed" "$@"
}

# Incidents named, delay and false alarms on the held-out part, for the model and simple baselines.
judge() {
  "$faultprint" evaluate --config $demo/faultprint.yaml --model "$1" --data $demo/heldout.csv.gz \
    --incidents $demo/heldout_incidents.csv 2>/dev/null | grep -E '^(method|faultprint|1nn|minirocket|nearest)'
}
