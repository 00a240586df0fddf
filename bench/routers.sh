#!/bin/sh
# The held-out part of the bundled recording: train and evaluate with three seeds. Arguments go to
# `faultprint train`.
. "$(dirname "$0")/recording.sh"
for s in ${SEEDS:-1 2 3}; do
  echo "seed $s"
  train "$work/model.safetensors" $demo/train_incidents.csv "$s" "$@"
  judge "$work/model.safetensors"
done
