#!/usr/bin/env python3
"""A model file opened with the plain Python package safetensors, which knows nothing of faultprint:
tensors, and the model card in the metadata."""
import importlib.metadata
import json
import os
import subprocess
import sys

from cli import faultprint
from kit import BUILD, check, need, run_tests, say
from product import model

PACKAGES = ("safetensors==0.5.3", "numpy==2.2.6")  # Python 3.10 to 3.13


def fetch(folder):
    """Once: beside its place, then there, as a script may be ended at any time."""
    new = folder.with_name(f"{folder.name}.{os.getpid()}")
    done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", new,
                           *PACKAGES], capture_output=True, text=True)
    if done.returncode:
        print(done.stderr)
        need(**{"python3's package safetensors": "python3-pip, and a package index to reach"})
    new.rename(folder)


def import_packages():
    """The installed ones, or those that pip fetches; without either it skips."""
    try:
        import numpy
        import safetensors
    except ImportError:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        folder = BUILD / "integration" / "-".join([version, *PACKAGES])
        if not folder.exists():
            fetch(folder)
        sys.path.insert(0, str(folder))
        import numpy
        import safetensors
    say(f"    safetensors {importlib.metadata.version('safetensors')}, numpy {numpy.__version__}")
    return safetensors, numpy


need()
safetensors, numpy = import_packages()


def inspected():
    return json.loads(faultprint("inspect", "--model", model(), "--json").stdout)


def test_tensors():
    """every tensor opens under its name, with the shape that the encoder has"""
    with safetensors.safe_open(model(), framework="np") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    ours = inspected()
    encoder = ours["encoder"]
    check(any(name.startswith("encoder.") for name in tensors), "the encoder's", sorted(tensors)[:4])
    check(all(numpy.isfinite(t).all() for t in tensors.values() if t.dtype == numpy.float32),
          "all are finite")
    windows = tensors["references.windows"]
    check(windows.shape == (ours["reference_windows"], encoder["window"] * encoder["kpis"]),
          "reference windows", windows.shape)
    for i, cluster in enumerate(ours["clusters"]):
        prototypes = tensors[f"cluster.{i}.prototypes"]
        check(prototypes.shape == (cluster["prototypes"], encoder["embedding"]) and
              prototypes.min() >= 0 and prototypes.max() <= 1, f"prototypes of {cluster['label']}",
              prototypes.shape)


def test_card():
    """the metadata has the card: data, elements, incidents, options, seed, figures, build"""
    with safetensors.safe_open(model(), framework="np") as file:
        metadata = file.metadata()
    card = json.loads(metadata["card"])
    check(card == inspected()["card"], "the card is the one that inspect --json prints")
    check(card["first"] < card["last"], "the data's span", (card["first"], card["last"]))
    check(card["elements"] == len(card["element_names"]) and "leaf6" in card["element_names"],
          "elements", card["element_names"])
    check(card["incidents"].keys() == {"bgp_clear", "port_flap"}, "incidents by type",
          card["incidents"])
    options = card["options"]
    check(card["seed"] == 1 and options["loss"] == "lossless-ln" and options["encoder"] == "dense" and
          options["learning_rate"] > 0 and options["epochs"] >= card["epochs"] > 0, "seed and options",
          options)
    check(0 < card["validation_f1"] <= 1 and card["final_loss"] > 0, "figures at training",
          (card["validation_f1"], card["final_loss"]))
    version = faultprint("version").stdout
    check(all(text in version for text in (card["version"], card["instruction_set"],
                                           card["build"]["compiler"], card["build"]["type"])),
          "the build", card["build"])
    text = faultprint("inspect", "--model", model(), "--text").stdout
    check(all(part in text for part in (card["first"], "leaf6", "bgp_clear", "seed 1",
                                        "learning_rate", card["build"]["compiler"])),
          "inspect --text prints it", text)


run_tests(test_tensors, test_card)
