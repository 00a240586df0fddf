#!/usr/bin/env python3
"""Windows a CPU second of a training step: faultprint's against PyTorch's, in turns on one thread.

    bench/training_vs_pytorch.py [path of bench_training]

The dense 360-256-128-16 network with the lossless triplet loss over all triplets of a batch of 192
windows: forward, loss, backward, Adam. As bench_training has it, so here: ReLU, dropout 0.2 after
the first layer, batch normalisation of the logits without affine parameters, sigmoid, the
gradient's norm clipped to 5, weight decay (AdamW, its fused kernel). Ends with 77 where PyTorch is
missing; faultprint never needs it."""
import pathlib
import re
import statistics
import subprocess
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    print("PyTorch is missing. In an environment of its own:\n"
          "    python3 -m venv torch-env && torch-env/bin/pip install torch numpy\n"
          f"    torch-env/bin/python {sys.argv[0]}")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/bench_training")
ROUNDS, STEPS, WARM_UP = 3, 300, 30
BATCH, INPUTS, CLASSES, N = 192, 360, 8, 16
EPSILON = 1e-6


def network():
    return nn.Sequential(
        nn.Linear(INPUTS, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 128), nn.ReLU(),
        nn.Linear(128, N), nn.BatchNorm1d(N, affine=False), nn.Sigmoid())


def pair_weights(labels):
    """The mean over anchors of the mean over each one's triplets is a weighted mean of pairs."""
    same = labels[:, None] == labels[None, :]
    positive = same & ~torch.eye(len(labels), dtype=torch.bool)
    negative = ~same
    positives, negatives = positive.float(), negative.float()
    return (positives / positives.sum(1, keepdim=True) / len(labels),
            negatives / negatives.sum(1, keepdim=True) / len(labels))


def lossless_triplet(embeddings, positives, negatives):
    """-ln(1 - d_p / N + eps) - ln(d_n / N + eps), beta = N, by the Gram matrix."""
    gram = embeddings @ embeddings.T
    squares = gram.diagonal()
    share = (squares[:, None] + squares[None, :] - 2 * gram).clamp(min=0) / N
    return -(positives * torch.log(1 - share + EPSILON)).sum() - \
        (negatives * torch.log(share + EPSILON)).sum()


class PyTorch:
    def __init__(self):
        torch.manual_seed(1)
        torch.set_num_threads(1)
        self.model = network().train()
        self.adam = torch.optim.AdamW(self.model.parameters(), lr=1e-3, weight_decay=1e-4, fused=True)
        self.windows = torch.rand(BATCH, INPUTS) * 2 - 1
        self.pairs = pair_weights(torch.arange(BATCH) % CLASSES)

    def steps(self, count):
        for _ in range(count):
            self.adam.zero_grad(set_to_none=True)
            lossless_triplet(self.model(self.windows), *self.pairs).backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
            self.adam.step()

    def windows_a_second(self):
        self.steps(WARM_UP)
        before = time.process_time()
        self.steps(STEPS)
        return BATCH * STEPS / (time.process_time() - before)


def faultprint():
    said = subprocess.run([BENCH], capture_output=True, text=True, check=True).stdout
    return float(re.search(r"(\d+) windows per CPU second", said).group(1))


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def main():
    pytorch = PyTorch()
    ours, theirs = [], []
    for turn in range(1, ROUNDS + 1):
        ours.append(faultprint())
        theirs.append(pytorch.windows_a_second())
        print(f"round {turn}: faultprint {ours[-1]:.0f}, PyTorch {theirs[-1]:.0f} "
              f"windows a CPU second, ratio {ours[-1] / theirs[-1]:.2f}", flush=True)
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    print(f"median: faultprint {statistics.median(ours):.0f}, PyTorch {torch.__version__} "
          f"{statistics.median(theirs):.0f}, ratio {ratio:.2f} ({processor()}, one thread)")


main()
