#!/usr/bin/env python3
"""The pages of `faultprint report` in a real headless Chromium: rendered, without a word on the
console, at both widths and in both themes; play, pause, slider and keys; hostile names; much data."""
import csv
import gzip
import io
import json
import re
import time

from browser import Browser
from cli import CONFIG, LATER, TRAINING, faultprint
from kit import DEMO, HELDOUT, INCIDENTS, WORK, check, need, run_tests, wait
from product import model, run

need(chromium="chromium", chromedriver="chromium-driver")
SECTIONS = ["incident", "embedding", "pairs", "confusion", "distances", "calibration", "saturation",
            "training"]
HOSTILE = ["</script><script>window.hacked=1</script>", "\"><img src=x onerror=window.hacked=1>",
           "'); window.hacked=1; ('\u2028<!--", "{{script}}&lt;b>&amp;"]
browser = Browser()


def report(out, *words):
    path = WORK / out
    run("report", "--config", CONFIG, "--out", path, *words)
    return path


def held_out(out="report.html"):
    return report(out, "--model", model(), *LATER)


def document(path):
    return json.loads(re.search(r'id="data">(.*?)</script>', path.read_text()).group(1))


def quiet(what):
    said = browser.complaints()
    check(not said, f"{what}: nothing on the console", said or "")


# Of a copy: a canvas that is read itself makes Chromium complain.
READ = """const read = canvas => {
  const pen = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {willReadFrequently: true});
  pen.drawImage(canvas, 0, 0);
  return new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer); };"""


def painted(selector):
    """Colours in each canvas; 1 is an empty one."""
    return browser.run(READ + "return [...document.querySelectorAll(arguments[0])].map("
                       "canvas => new Set(read(canvas)).size)", selector)


def pixels(selector):
    """A number that changes with what a canvas shows."""
    return browser.run(READ + "return read(document.querySelector(arguments[0]))"
                       ".reduce((hash, value) => (hash * 31 + value) | 0, 0)", selector)


def step(player=".player"):
    return int(browser.run("return document.querySelector(arguments[0]).dataset.step", player))


def fits(what):
    """Nothing wider than the page, no text too small or under another, every chart drawn."""
    for width in (390, 1280):
        for theme in ("light", "dark"):
            browser.show(width, theme=theme)
            time.sleep(0.2)
            found = browser.run("""
              const root = document.documentElement;
              const wide = [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll') &&
                e.getBoundingClientRect().right > root.clientWidth + 1).map(e => e.outerHTML.slice(0, 80));
              const small = [...document.querySelectorAll('main *')].filter(e => e.childNodes.length &&
                [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) &&
                parseFloat(getComputedStyle(e).fontSize) < 12).length;
              const empty = [...document.querySelectorAll('.plot svg')].filter(e => !e.childNodes.length).length;
              const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
              const hidden = [...document.querySelectorAll('.plot svg')].flatMap(svg => {
                const names = [...svg.querySelectorAll('text.strong')];
                return names.filter((a, i) => names.slice(i + 1).some(b =>
                  over(a.getBoundingClientRect(), b.getBoundingClientRect()))).map(a => a.textContent)});
              return {scroll: root.scrollWidth, client: root.clientWidth, wide, small, empty, hidden,
                ground: getComputedStyle(document.body).backgroundColor}""")
            check(found["scroll"] <= width and not found["wide"] and not found["small"] and
                  not found["empty"] and not found["hidden"], f"{what}: fits {width} pixels, {theme}", found)
            light = sum(map(int, re.findall(r"\d+", found["ground"])[:3])) > 380
            check(light == (theme == "light"), f"{what}: {theme} theme", found["ground"])
            check(all(n > 20 for n in painted("canvas")), f"{what}: canvases painted",
                  painted("canvas"))


def test_model_report():
    """a model's report is whole, one file, and fits both widths and both themes"""
    path = held_out()
    browser.show(1280)
    browser.open(path)
    there = browser.run("return [...document.querySelectorAll('section')].map(s => s.id)")
    check(there == SECTIONS, "every part is there", there)
    sentences = browser.run("return [...document.querySelectorAll('section .look')].map(p => p.textContent)")
    check(len(sentences) >= len(SECTIONS) and all(len(text) > 40 for text in sentences),
          "each says what to look at")
    requests = browser.run("return performance.getEntriesByType('resource').map(e => e.name)")
    check(not [name for name in requests if not name.startswith("data:")], "nothing is fetched", requests)
    check(path.stat().st_size < 1_500_000, "small enough to mail", path.stat().st_size)
    fits("report")
    quiet("report")


def test_figures_agree():
    """the report's figures are those of evaluate"""
    figures = WORK / "figures.json"
    run("evaluate", "--config", CONFIG, "--model", model(), *LATER, "--json", figures)
    theirs, ours = json.loads(figures.read_text()), document(held_out())
    for name, a, b in (("macro_f1", theirs["macro_f1"], ours["summary"]["macro_f1"]),
                       ("accuracy", theirs["accuracy"], ours["summary"]["accuracy"])):
        check(abs(a - b) < 1e-3, name, (a, b))
    check(theirs["incidents"]["named"] == ours["summary"]["named"] and
          theirs["incidents"]["median_delay_s"] == ours["summary"]["median_delay_s"] and
          theirs["false_alarms"]["episodes"] == ours["summary"]["false_alarms"], "incidents",
          ours["summary"])
    known = ours["classes"][:ours["known"]]
    rows = {a: {b: ours["confusion"]["counts"][i][j] for j, b in enumerate(known)}
            for i, a in enumerate(known)}
    check(rows == theirs["confusion"], "confusion", rows)


def test_incident_steps():
    """one incident: play goes on, pause holds, slider and keys move, the words follow"""
    browser.show(1280)
    browser.open(held_out())
    say = "return document.querySelector('.say').textContent"
    check("alarm" in browser.run(say) and "is raised" in browser.run(say), "it opens at the alarm",
          browser.run(say))
    browser.press(".player input", "\ue011")  # Home
    check(step() == 0, "Home is the first slot", step())
    first, map_before = browser.run(say), pixels("#incident canvas")
    browser.click(".player .play")
    wait(lambda: step() >= 2, 10, "play does not go on")
    check(browser.run(say) != first, "the words follow")
    check(pixels("#incident canvas") != map_before, "the map follows")
    browser.click(".player .play")
    held = step()
    time.sleep(1.5)
    check(step() == held, "pause holds", (held, step()))
    browser.press(".player .on", " ")
    check(step() == held + 1, "a button answers the keyboard", step())
    browser.press(".player .back", "\ue007")
    check(step() == held, "and goes back", step())
    quiet("incident")


def test_choice_of_incident():
    """any incident can be chosen: its steps, map and words replace the other's, which stops playing"""
    path = held_out()
    incidents = document(path)["incidents"]
    browser.show(1280)
    browser.open(path)
    options = browser.run("return [...document.querySelectorAll('#incident option')].map(o => o.textContent)")
    check(len(options) == len(incidents["list"]) == 10, "all ten of the recording", options)
    chosen = (incidents["typical"] + 3) % 10
    other = incidents["list"][chosen]
    state = """const text = q => document.querySelector('#incident ' + q).textContent;
      return {title: text('h2'), say: text('.say'), canvases: document.querySelectorAll('#incident canvas').length,
        players: document.querySelectorAll('#incident .player').length}"""
    before, map_before = browser.run(state), pixels("#incident canvas")
    browser.press(".player input", "\ue011")
    browser.click(".player .play")
    browser.click(f"#incident option:nth-child({chosen + 1})")
    after, held = browser.run(state), step()
    check(f"{other['fault_type']} on {other['element']}" in after["title"], "the title", after["title"])
    check(after["say"] != before["say"] and after["canvases"] == after["players"] == 1,
          "words, one map and one player", after)
    time.sleep(1.5)
    check(step() == held, "what played has stopped", (held, step()))
    check(pixels("#incident canvas") != map_before, "the map is the other's")
    steps = browser.run("return Number(document.querySelector('.player input').max) + 1")
    check(steps == len(other["steps"]), "its steps", steps)
    browser.press(".player input", "\ue010")
    check(step() == steps - 1, "the player answers", step())
    browser.show(390)
    time.sleep(0.3)
    wide = browser.run("return document.documentElement.scrollWidth")
    check(wide <= 390, "a long choice does not widen the page", wide)
    quiet("choice")


def doctored(name, change):
    """The report with another document: what a page says of cases that the recording lacks."""
    path = held_out()
    data = document(path)
    change(data)
    text = json.dumps(data).replace("<", "\\u003c")
    page = WORK / name
    page.write_text(re.sub(r'(id="data">).*?(</script>)', lambda m: m[1] + text + m[2],
                           path.read_text(), flags=re.S))
    browser.show(1280)
    browser.open(page)
    return browser.run("return Object.fromEntries([...document.querySelectorAll('section')]"
                       ".map(s => [s.id, s.textContent]))")


def test_words():
    """the words for verdicts of unknown, late alarms, what is left out, and one run of training"""
    def strange(data):
        incidents = data["incidents"]
        incident = incidents["list"][incidents["typical"]]
        incident["alarms"][0]["fault_type"] = "unknown"
        incident["delay_s"] = None
        for at in incident["steps"]:
            if "distances" in at:
                at |= {"outcome": 2, "unfamiliar": True, "nearest": data["normal"], "p_value": 0.002}
        incidents |= {"raise_unknown": [8, 10], "seen": 1234, "kept": 400}
        data["pairs"] |= {"seen": 1234, "incidents": 400}
        data["training"]["runs"] = [data["training"]["runs"][-1] | {"run": 2}]

    page = doctored("strange.html", strange)
    for text in ("in no window of training (p = 0.002): unknown", "of the last 10 verdicts are not normal: the alarm unknown is raised",
                 "3 of 4 raise an alarm, 8 of 10 where most of them are unknown",
                 "10 of 1,234 incidents on an element can be chosen, out of the first 400"):
        check(text in page["incident"], text, page["incident"][:1500])
    check("Of 1,234 incidents on an element the first 400" in page["pairs"], "pairs: how many of them")
    check("Training ran once" in page["training"] and "twice" not in page["training"], "one run",
          page["training"][:300])
    browser.press(".player input", "\ue011" + "\ue014" * 3)
    said = browser.run("return document.querySelector('.say').textContent")
    check("most of them unknown; an alarm without a name needs 8" in said, "its own rule", said)
    quiet("strange")

    def late(data):
        incident = data["incidents"]["list"][data["incidents"]["typical"]]
        steps = incident["steps"]
        for at in steps[len(steps) // 2:]:
            at["slot"] += 300

    page = doctored("late.html", late)
    check("At the dotted line 300 slots are left out" in page["incident"], "a gap is told")
    drawn = browser.run("return document.querySelectorAll('#incident line[stroke-dasharray]').length")
    check(drawn == 1, "and drawn", drawn)
    check("Training ran twice" in page["training"], "two runs", page["training"][:300])
    quiet("late")


def test_embedding_turns():
    """3-D turns by key and button, a label can be hidden, a window says what it is"""
    browser.show(1280)
    browser.open(held_out())
    deep, flat = "#embedding .turns canvas", "#embedding .canvas:not(.turns) canvas"
    before = pixels(deep)
    browser.press(deep, "\ue014\ue014")
    turned = pixels(deep)
    check(turned != before, "arrow keys turn it")
    browser.click("#embedding .buttons button")
    check(pixels(deep) != turned, "so do buttons")
    shown = pixels(flat)
    browser.click("#embedding .legend li:nth-child(2) button")
    check(pixels(flat) != shown, "a label is hidden")
    pressed = browser.run("return document.querySelector('#embedding .legend li:nth-child(2) button').ariaPressed")
    check(pressed == "false", "and its button says so", pressed)
    told = browser.run("""
      const canvas = document.querySelector(arguments[0]);
      canvas.scrollIntoView();
      const box = canvas.getBoundingClientRect();
      const tip = canvas.parentNode.querySelector('.tip');
      for (let y = 0; y < box.height; y += 8) for (let x = 0; x < box.width; x += 8) {
        canvas.dispatchEvent(new PointerEvent('pointermove', {clientX: box.left + x, clientY: box.top + y}));
        if (!tip.hidden) return tip.textContent;
      }""", flat)
    check(told and "really" in told, "a mark tells its window", told)
    quiet("embedding")


def test_comparison():
    """two losses evolve epoch by epoch: play, pause, slider; the hinge ends, the other tightens"""
    path = report("losses.html", "--compare", "lossless-ln,triplet", *TRAINING, "--epochs", 12)
    data = document(path)
    lossless, hinge = data["courses"]
    check([len(course["epochs"]) for course in data["courses"]] == [13, 13], "an epoch each, and before")
    check(hinge["epochs"][12]["active"] < 0.1, "hardly a hinge is open at the end",
          hinge["epochs"][12]["active"])
    ratio = [course["epochs"][12]["learned"]["ratio"] for course in (lossless, hinge)]
    check(ratio[0] > ratio[1], "the lossless clusters are tighter for how far they are apart", ratio)
    browser.show(1280)
    browser.open(path)
    quiet("comparison")
    fits("comparison")
    browser.show(1280)
    browser.press(".player input", "\ue011")
    check(step() == 0, "Home is before training", step())
    before = [pixels("figure:nth-child(1) canvas"), pixels("figure:nth-child(2) canvas")]
    browser.click(".player .play")
    wait(lambda: step() >= 3, 15, "play does not go on")
    browser.click(".player .play")
    held = step()
    time.sleep(1.2)
    check(step() == held, "pause holds", (held, step()))
    after = [pixels("figure:nth-child(1) canvas"), pixels("figure:nth-child(2) canvas")]
    check(before[0] != after[0] and before[1] != after[1], "both pictures moved")
    browser.press(".player input", "\ue010")  # End
    check(step() == 12, "End is the last epoch", step())
    shown = browser.run("return document.querySelector('.figures').textContent")
    check("apart / wide" in shown and "loss" in shown, "an epoch's numbers", shown)
    browser.show(1280, calm=True)
    browser.click(".player .play")  # from the end: anew
    wait(lambda: step() >= 1, 15, "reduced motion: play does not go on")
    check(1 <= step() <= 6, "reduced motion: from the first epoch on, one after the other", step())
    quiet("comparison")


def hostile_recording():
    """The recording with hostile names of an element, a fault type and a KPI."""
    names = {"leaf6": HOSTILE[0], "spine2": HOSTILE[1], "bgp_clear": HOSTILE[2], "rib_memory": HOSTILE[3]}
    files = {}
    for name in ("train.csv.gz", "train_incidents.csv"):
        raw = (DEMO / name).read_bytes()
        text = (gzip.decompress(raw) if name.endswith("gz") else raw).decode()
        out = io.StringIO()
        csv.writer(out).writerows([names.get(cell, cell) for cell in row]
                                  for row in csv.reader(io.StringIO(text)))
        files[name] = WORK / f"hostile_{name.removesuffix('.gz')}"
        files[name].write_text(out.getvalue())
    config = WORK / "hostile.yaml"
    config.write_text((DEMO / "faultprint.yaml").read_text().replace(
        "name: rib_memory", "name: " + json.dumps(HOSTILE[3])))
    return ["--config", config, "--data", files["train.csv.gz"], "--incidents",
            files["train_incidents.csv"]]


def test_hostile_names():
    """names that are markup stay text: no script of theirs runs, none is lost"""
    common = hostile_recording()
    trained, page, losses = (WORK / f"hostile.{end}" for end in ("safetensors", "html", "losses.html"))
    run("train", *common, "--epochs", 3, "--out", trained)
    run("report", *common, "--model", trained, "--out", page)
    run("report", *common, "--compare", "triplet,lossless-ln", "--epochs", 2, "--out", losses)
    for path in (page, losses):
        browser.show(390)
        browser.open(path)
        found = browser.run("return {hacked: window.hacked || 0, scripts: document.scripts.length, "
                            "images: document.images.length, text: document.body.textContent}")
        check(found["hacked"] == 0 and found["scripts"] == 2 and found["images"] == 0,
              f"{path.name}: text stays text", {k: v for k, v in found.items() if k != "text"})
        check(HOSTILE[2] in found["text"], f"{path.name}: the name is there as it is")
        wide = browser.run("return document.documentElement.scrollWidth")
        check(wide <= 390, f"{path.name}: a long name does not widen the page", wide)
        quiet(path.name)


def test_much_data():
    """15,000 windows: a page of at most 2 MB that is drawn within 3 s; a step takes at most 100 ms"""
    many, incidents = WORK / "many.csv", WORK / "many_incidents.csv"
    lines = gzip.decompress(HELDOUT.read_bytes()).decode().splitlines()
    rows = [lines[0]]
    for line in lines[1:]:
        at, element, rest = line.split(",", 2)
        rows += [f"{at},{element}-{copy},{rest}" for copy in range(3)]
    many.write_text("\n".join(rows) + "\n")
    lines = INCIDENTS.read_text().splitlines()
    incidents.write_text("\n".join([lines[0]] + [line.replace(",", f"-{copy},", 1)
                                                 for line in lines[1:] for copy in range(3)]) + "\n")
    path = report("many.html", "--model", model(), "--data", many, "--incidents", incidents)
    check(document(path)["data"]["windows"] > 10000, "windows", document(path)["data"]["windows"])
    check(path.stat().st_size < 2_000_000, "small", path.stat().st_size)
    browser.show(1280)
    began = time.monotonic()
    browser.open(path)
    took = time.monotonic() - began
    check(took < 3, "drawn", f"{took:.2f} s")
    took = browser.run("""
      const began = performance.now();
      for (let i = 0; i < 10; ++i) document.querySelector('.player .back').click();
      return (performance.now() - began) / 10""")
    check(took < 100, "a step", f"{took:.0f} ms")
    note = browser.run("return document.querySelector('#embedding').textContent")
    check("are drawn, the same number of each label" in note, "it says that it drew a sample")
    quiet("much data")


def refusal(*words):
    done = faultprint("report", "--config", CONFIG, *LATER, "--out", WORK / "never.html", *words)
    return done.returncode, done.stderr


def test_refusals():
    """what cannot be is refused with a reason, and writes nothing"""
    for words, reason in (((), "model.safetensors"), (("--compare", "triplet"), "two to four losses"),
                          (("--compare", "triplet,best"), "best"),
                          (("--compare", "triplet,bce-l1", "--model", "x"), "--model"),
                          (("--model", model(), "--epochs", "3"), "--compare"),
                          (("--model", WORK / "no.safetensors"), "no.safetensors")):
        status, said = refusal(*words)
        check(status != 0 and reason in said, " ".join(map(str, words)) or "no model", said.strip()[-200:])
    check(not (WORK / "never.html").exists(), "nothing was written")


run_tests(test_model_report, test_figures_agree, test_incident_steps, test_choice_of_incident, test_words,
          test_embedding_turns,
          test_comparison, test_hostile_names, test_much_data, test_refusals)
