# Read by the scripts here that measure on the bundled recording. $work goes when they end.
set -eu
cd "$(dirname "$0")/.."
faultprint=${FAULTPRINT:-build/release/faultprint}
demo=daemon/demo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# ALARMS="{false_alarms_per_day: 20}" tries other rules.
config=$work/faultprint.yaml
cp $demo/faultprint.yaml "$config"
[ -z "${ALARMS:-}" ] || sed -i "s|^alarms:.*|alarms: $ALARMS|" "$config"

# BASELINE="{fast: 60}" tries another one.
[ -z "${BASELINE:-}" ] || sed -i "s|^  window:.*|&\n  baseline: $BASELINE|" "$config"

# quietly COMMAND...: what it says is shown only where it fails.
quietly() {
  "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

# train MODEL INCIDENTS SEED OPTION...
train() {
  out=$1 incidents=$2 seed=$3
  shift 3
  quietly "$faultprint" train --config "$config" --data $demo/train.csv.gz \
    --incidents "$incidents" --out "$out" --seed "$seed" "$@"
  grep '<- chosen' "$work/log" || true
}

# Incidents named, delay and false alarms on the held-out part, for the model and simple baselines.
judge() {
  "$faultprint" evaluate --config "$config" --model "$1" --data $demo/heldout.csv.gz \
    --incidents $demo/heldout_incidents.csv 2>/dev/null | grep -E '^(method|faultprint|1nn|minirocket|nearest)'
}
