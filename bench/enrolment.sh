#!/bin/sh
# Trained on bgp_clear alone, one port_flap enrolled: the held-out part of the recording, for three
# seeds. Arguments go to `faultprint train`.
. "$(dirname "$0")/recording.sh"
sed 's/port_flap/ignore/' $demo/train_incidents.csv >"$work/known.csv"
{ head -n 1 $demo/train_incidents.csv; grep port_flap $demo/train_incidents.csv | head -n 1; } \
  >"$work/new.csv"
for s in ${SEEDS:-1 2 3}; do
  echo "seed $s"
  train "$work/base.safetensors" "$work/known.csv" "$s" "$@"
  quietly "$faultprint" enroll --config "$config" --model "$work/base.safetensors" \
    --data $demo/train.csv.gz --incidents "$work/new.csv" --out "$work/more.safetensors"
  judge "$work/more.safetensors"
done
