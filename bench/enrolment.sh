#!/bin/sh
# Trained on bgp_clear alone, one port_flap enrolled: incidents of the held-out part named, median
# delay and false alarms, for three seeds. Arguments go to `faultprint train`.
set -eu
cd "$(dirname "$0")/.."
faultprint=${FAULTPRINT:-build/release/faultprint}
demo=daemon/demo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed 's/port_flap/ignore/' $demo/train_incidents.csv >"$work/known.csv"
{ head -n 1 $demo/train_incidents.csv; grep port_flap $demo/train_incidents.csv | head -n 1; } \
  >"$work/new.csv"
for seed in ${SEEDS:-1 2 3}; do
  echo "seed $seed"
  "$faultprint" train --config $demo/faultprint.yaml --data $demo/train.csv.gz \
    --incidents "$work/known.csv" --out "$work/base.safetensors" --seed "$seed" "$@" \
    >/dev/null 2>"$work/log" || { cat "$work/log"; exit 1; }
  "$faultprint" enroll --config $demo/faultprint.yaml --model "$work/base.safetensors" \
    --data $demo/train.csv.gz --incidents "$work/new.csv" --out "$work/more.safetensors" \
    >/dev/null 2>"$work/log" || { cat "$work/log"; exit 1; }
  "$faultprint" evaluate --config $demo/faultprint.yaml --model "$work/more.safetensors" \
    --data $demo/heldout.csv.gz --incidents $demo/heldout_incidents.csv 2>/dev/null |
    grep -E '^(method|faultprint|1nn|minirocket|nearest)'
done
