#!/usr/bin/env python3
"""The README's pictures of `faultprint report`, made anew from the bundled recording.

    apt-get install chromium chromium-driver
    bench/screenshots.py                     # into docs/, a minute; with build/release/faultprint
    bench/screenshots.py --all FOLDER        # every page at both widths and in both themes, to look at
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/integration"))

from browser import Browser  # noqa: E402: of the tests
from kit import BINARY, WORK, finish, need  # noqa: E402

# Of the page, what to show, how wide, in which theme.
PICTURES = {
    "report-incident.png": ("report.html", "#incident", 1000, "light"),
    "report-embedding.png": ("report.html", "#embedding", 1000, "dark"),
    "report-losses.png": ("losses.html", "#comparison", 1000, "light"),
}


def pages():
    recording = WORK / "recording"
    data = lambda part: ["--data", recording / f"{part}.csv.gz",
                         "--incidents", recording / f"{part}_incidents.csv"]
    config = ["--config", recording / "faultprint.yaml"]
    model = ["--model", WORK / "model.safetensors"]
    for words in (["demo", "--unpack", recording],
                  ["train", *config, *data("train"), "--out", model[1]],
                  ["report", *config, *model, *data("heldout"), "--out", WORK / "report.html"],
                  ["report", "--compare", "lossless-ln,triplet", *config, *data("train"),
                   "--out", WORK / "losses.html"]):
        subprocess.run([BINARY, *words], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)


def take(browser, page, selector, width, theme, out):
    browser.show(width, theme=theme)
    browser.open(WORK / page)
    out.write_bytes(browser.picture(selector))
    print(f"{out}  {out.stat().st_size / 1000:.0f} kB")


def main():
    need(chromium="chromium", chromedriver="chromium-driver")
    pages()
    browser = Browser()
    if sys.argv[1:2] == ["--all"]:
        folder = pathlib.Path(sys.argv[2])
        folder.mkdir(parents=True, exist_ok=True)
        for page in ("report.html", "losses.html"):
            for width in (390, 1280):
                for theme in ("light", "dark"):
                    name = f"{page.removesuffix('.html')}-{width}-{theme}.png"
                    take(browser, page, None, width, theme, folder / name)
    else:
        (ROOT / "docs").mkdir(exist_ok=True)
        for name, picture in PICTURES.items():
            take(browser, *picture, ROOT / "docs" / name)
    finish()


main()
