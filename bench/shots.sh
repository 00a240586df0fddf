#!/bin/sh
# One incident of each type and five minutes of normal: all else of the recording's history is
# ignored, though baselines learn from it as they do without labels. Incidents of the held-out part
# named, median delay and false alarms, for three seeds. Arguments go to `faultprint train`.
set -eu
cd "$(dirname "$0")/.."
faultprint=${FAULTPRINT:-build/release/faultprint}
demo=daemon/demo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The first incident of each type. The five minutes, of every element, begin five minutes after the
# last bgp_clear; with a row of `normal`, what no row covers is neither normal nor fault.
awk -F, -v OFS=, '
  NR == 1 || !seen[$4]++ { print }
  $4 == "bgp_clear" && $3 > last { last = $3 }
  END { print "*", last + 300, last + 600, "normal" }' $demo/train_incidents.csv >"$work/few.csv"
for seed in ${SEEDS:-1 2 3}; do
  "$faultprint" train --config $demo/faultprint.yaml --data $demo/train.csv.gz \
    --incidents "$work/few.csv" --out "$work/model.safetensors" --seed "$seed" "$@" \
    >/dev/null 2>"$work/log" || { cat "$work/log"; exit 1; }
  echo "seed $seed"
  "$faultprint" evaluate --config $demo/faultprint.yaml --model "$work/model.safetensors" \
    --data $demo/heldout.csv.gz --incidents $demo/heldout_incidents.csv 2>/dev/null |
    grep -E '^(method|faultprint|1nn|minirocket|nearest)'
done
