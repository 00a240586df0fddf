#!/usr/bin/env python3
"""Simulated cells: 7 known classes (normal and six fault types), three fault types kept out of
training, elements that training never saw; 12 KPIs, windows of 30 x 1 min. Losses side by side.

    bench/simulated_cells.py [--network signatures|simulate] [--losses lossless-ln triplet]
                             [--seeds 1 2 3] [-- OPTION of `faultprint train`...]

--network signatures: made here. A fault type moves one to four KPIs by 2 to 5 deviations each,
as a step or a ramp, over noise that remembers; no two types move the same KPIs the same way, but
they share KPIs. --network simulate: that of `faultprint simulate`, nine of its types and 12 of its
KPIs; its faults act through users, air and link, some hardly, some now and then.

Of windows that lie in one state as a whole, in the network that was never seen:
  known     nearest class mean in the embedding (means of training's windows): right among 7
  AUROC     unknown: distance to the nearest class mean, kept-out types against all that is known
  5 shots   windows of kept-out types, nearest class mean among 10, theirs of one window each of
            five incidents (mean of 20 draws)
and as the product says it, by `train`, `enroll` of five incidents of each, `replay`:
  verdicts  right, of windows of the 7
  told      windows of the three types called unknown or a fault, not normal
  enrolled  windows of the three types named right after enrolment
Says nothing of real networks."""
import argparse
import csv
import json
import pathlib
import random
import statistics
import sys
import tempfile

from embedding_figures import Labels, auroc, embedded, faultprint, mean_of, nearest, seconds

PERIOD, WINDOW, KPIS, BEGIN = 60, 30, 12, 1767571200
SHOTS, DRAWS = 5, 20
BASELINE = 1440  # slots: an incident of an hour or so hardly moves it
KNOWN = ("antenna_tilt", "backhaul_loss", "cell_outage", "clock_loss", "sleeping_cell",
         "uplink_interference")
KEPT_OUT = ("feeder_loss", "pci_confusion", "transport_degradation")
SIMULATED_KPIS = ("rrc_success_rate", "erab_drop_rate", "ho_success_rate", "connected_users",
                  "prb_utilisation_ul", "throughput_dl_kbps", "cqi_average", "rssi_ul_dbm",
                  "rx_imbalance_db", "backhaul_delay_ms", "timing_error_ns", "cell_available")


def configuration(path, kpis):
    path.write_text(f"stream:\n  period: {PERIOD}s\n  window: {WINDOW}\n  lateness: 0s\n"
                    f"  baseline: {{fast: {BASELINE}, start: 60}}\n  kpis:\n" +
                    "".join(f"    - {kpi}\n" for kpi in kpis))


# --- networks: train.csv of known types, shots.csv of five incidents of each kept-out one, test.csv

def signatures(seed):
    """(KPI: size) and whether it is a ramp, of each type; every second is another one but for one
    KPI, so that they are told apart by more than which KPI moves most."""
    draw, found = random.Random(f"types {seed}"), []
    while len(found) < len(KNOWN + KEPT_OUT):
        size = {k: draw.choice((-1, 1)) * draw.uniform(2, 5)
                for k in draw.sample(range(KPIS), draw.randrange(1, 5))}
        if len(found) % 2 and len(found[-1][0]) > 1:
            size = dict(found[-1][0])
            k = draw.choice(sorted(size))
            size[k] = -size[k]
        signs = {k: v > 0 for k, v in size.items()}
        if all(signs != {k: v > 0 for k, v in other.items()} for other, _ in found):
            found.append((size, draw.random() < .5))
    return dict(zip(KNOWN + KEPT_OUT, found))


def write_part(folder, name, types, how, seed):
    """how: (type, incidents) pairs. Elements of 500 slots with up to two incidents of an hour or so."""
    draw = random.Random(f"{name} {seed}")
    wanted = [t for t, n in how for _ in range(n)]
    draw.shuffle(wanted)
    rows, incidents = [], []
    for e in range((len(wanted) + 1) // 2):
        element = f"{name}{e}"
        faults, at = [], 60 + draw.randrange(60)
        for kind in wanted[2 * e:2 * e + 2]:
            faults.append((at, at + draw.randrange(50, 90), kind, draw.uniform(.7, 1.4)))
            at = faults[-1][1] + draw.randrange(90, 130)
        incidents += [[element, BEGIN + PERIOD * a, BEGIN + PERIOD * b, k] for a, b, k, _ in faults]
        level = [draw.uniform(20, 80) for _ in range(KPIS)]
        scale = [draw.uniform(.5, 2) for _ in range(KPIS)]
        memory = [draw.uniform(0, .8) for _ in range(KPIS)]
        noise = [draw.gauss(0, 1) for _ in range(KPIS)]
        for t in range(at + 40):
            noise = [m * v + (1 - m * m) ** .5 * draw.gauss(0, 1) for m, v in zip(memory, noise)]
            value = list(noise)
            for a, b, kind, severity in faults:
                if a <= t < b:
                    sizes, ramp = types[kind]
                    for k, size in sizes.items():
                        value[k] += size * severity * (min(1, (t - a + 1) / 10) if ramp else 1)
            rows.append([BEGIN + PERIOD * t, element] +
                        [f"{v * s + l:.4f}" for v, s, l in zip(value, scale, level)])
    rows.sort(key=lambda row: row[0])
    save(folder, name, ["time", "element", *(f"k{i}" for i in range(KPIS))], rows, incidents)


def save(folder, name, head, rows, incidents):
    for file, top, lines in ((f"{name}.csv", head, rows), (f"{name}_incidents.csv", [
            "element", "start", "end", "fault_type"], incidents)):
        with open(folder / file, "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(top)
            writer.writerows(lines)


def signature_network(folder, seed):
    types = signatures(seed)
    write_part(folder, "train", types, [(t, 16) for t in KNOWN], seed)
    write_part(folder, "shots", types, [(t, SHOTS) for t in KEPT_OUT], seed)
    write_part(folder, "test", types, [(t, 10) for t in KNOWN + KEPT_OUT], seed)
    configuration(folder / "faultprint.yaml", [f"{{name: k{i}, kind: gauge}}" for i in range(KPIS)])


def simulated_network(folder, seed):
    for name, of, days, faults in (("train", 1, 1.2, KNOWN), ("shots", 2, .6, KEPT_OUT),
                                   ("test", 3, .9, KNOWN + KEPT_OUT)):
        made = folder / f"made_{name}"
        faultprint("simulate", "--out", made, "--plain", "--elements", 48, "--days", days,
                   "--period", "1m", "--swing", .2, "--late", 0, "--missing", 0, "--held-out", 0,
                   "--incidents-per-day", 120, "--incident-length", "70m", "--faults",
                   ",".join(faults), "--seed", 10 * seed + of)
        with open(made / "train.csv") as file, open(folder / f"{name}.csv", "w") as out:
            head, *lines = file
            out.write(head)
            for line in lines:  # another network: other elements
                time, rest = line.split(",", 1)
                out.write(f"{time},{name}-{rest}")
        seen = {}
        with open(made / "train_incidents.csv") as file:
            incidents = list(csv.reader(file))[1:]
        for row in incidents:
            row[0] = f"{name}-{row[0]}"
            seen[row[3]] = seen.get(row[3], 0) + 1
            if name == "shots" and seen[row[3]] > SHOTS:
                row[3] = "ignore"
        save_incidents = [["element", "start", "end", "fault_type"], *incidents]
        with open(folder / f"{name}_incidents.csv", "w", newline="") as out:
            csv.writer(out).writerows(save_incidents)
    lines = (folder / "made_train/faultprint.yaml").read_text().split("  kpis:\n")[1]
    kpis = [k.replace("\n", " ") for k in lines.split("model:")[0].split("    - ")[1:]]
    configuration(folder / "faultprint.yaml",
                  [k for k in kpis if k[1:].split("name: ")[1].split(",")[0] in SIMULATED_KPIS])


# --- figures

def embedded_part(folder, model, part):
    return embedded(folder / "faultprint.yaml", model, folder / f"{part}.csv",
                    Labels(folder / f"{part}_incidents.csv", WINDOW * PERIOD))


def of_embedding(folder, model, seed):
    train, shots, test = (embedded_part(folder, model, part) for part in ("train", "shots", "test"))
    by_type = {}
    for kind, _, vector in train:
        by_type.setdefault(kind, []).append(vector)
    means = {kind: mean_of(vectors) for kind, vectors in by_type.items()}
    known = [(kind, *nearest(vector, means)) for kind, _, vector in test if kind in means]
    novel = [(kind, vector) for kind, _, vector in test if kind in KEPT_OUT]
    right, draw = [], random.Random(seed)
    for _ in range(DRAWS):
        ten = dict(means)
        for kind in KEPT_OUT:
            incidents = {}
            for k, number, vector in shots:
                if k == kind:
                    incidents.setdefault(number, []).append(vector)
            ten[kind] = mean_of([draw.choice(v) for v in incidents.values()])
        right += [nearest(vector, ten)[1] == kind for kind, vector in novel]
    return [statistics.fmean(kind == said for kind, _, said in known),
            auroc([nearest(vector, means)[0] for _, vector in novel], [d for _, d, _ in known]),
            statistics.fmean(right)]


def said(folder, model):
    """(type, what the verdict says) of whole windows."""
    labels, found = Labels(folder / "test_incidents.csv", WINDOW * PERIOD), []
    for line in faultprint("replay", "--config", folder / "faultprint.yaml", "--model", model,
                           "--data", folder / "test.csv").splitlines():
        verdict = json.loads(line)
        label = labels(verdict["element"], seconds(verdict["time"]))
        if label and verdict["verdict"] != "not_scored":
            found.append((label[0], verdict.get("fault_type") or verdict["verdict"]))
    return found


def of_product(folder, model):
    verdicts = said(folder, model)
    more = folder / "more.safetensors"
    faultprint("enroll", "--config", folder / "faultprint.yaml", "--model", model, "--data",
               folder / "shots.csv", "--incidents", folder / "shots_incidents.csv", "--out", more)
    return [statistics.fmean(said == kind for kind, said in verdicts if kind not in KEPT_OUT),
            statistics.fmean(said != "normal" for kind, said in verdicts if kind in KEPT_OUT),
            statistics.fmean(s == kind for kind, s in said(folder, more) if kind in KEPT_OUT)]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=("signatures", "simulate"), default="signatures")
    parser.add_argument("--losses", nargs="+", default=["lossless-ln", "triplet"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    options, arguments = parser.parse_args(words[:end]), words[end + 1:]
    print(f"{'loss':14} seed  known  AUROC  5 shots   verdicts   told  enrolled")
    figures = {}
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as work:
            folder = pathlib.Path(work)
            {"signatures": signature_network, "simulate": simulated_network}[options.network](
                folder, seed)
            for loss in options.losses:
                model = folder / "model.safetensors"
                faultprint("train", "--config", folder / "faultprint.yaml", "--data",
                           folder / "train.csv", "--incidents", folder / "train_incidents.csv",
                           "--out", model, "--seed", seed, "--loss", loss, *arguments)
                row = of_embedding(folder, model, seed) + of_product(folder, model)
                figures.setdefault(loss, []).append(row)
                show(loss, seed, row)
    for loss, rows in figures.items():
        show(loss, "mean", mean_of(rows))


def show(loss, seed, row):
    print(f"{loss:14} {seed!s:>4}  {row[0]:.4f} {row[1]:.4f} {row[2]:.4f}     {row[3]:.4f} "
          f"{row[4]:.4f}    {row[5]:.4f}", flush=True)


main()
