#!/bin/sh
# The held-out part of the bundled recording: train and evaluate with three seeds, and print incidents
# named, median delay and false alarms, for the model and for simple baselines. Arguments go to
# `faultprint train`.
set -eu
cd "$(dirname "$0")/.."
faultprint=${FAULTPRINT:-build/release/faultprint}
demo=daemon/demo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for seed in ${SEEDS:-1 2 3}; do
  "$faultprint" train --config $demo/faultprint.yaml --data $demo/train.csv.gz \
    --incidents $demo/train_incidents.csv --out "$work/model.safetensors" --seed "$seed" "$@" \
    >/dev/null 2>"$work/log" || { cat "$work/log"; exit 1; }
  echo "seed $seed"
  "$faultprint" evaluate --config $demo/faultprint.yaml --model "$work/model.safetensors" \
    --data $demo/heldout.csv.gz --incidents $demo/heldout_incidents.csv 2>/dev/null |
    grep -E '^(method|faultprint|1nn|minirocket|nearest)'
done
