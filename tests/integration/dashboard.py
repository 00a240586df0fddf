"""The Grafana dashboards, as files: their panels, queries and variables, and what is wrong."""
import functools
import json
import re

import jsonschema

from kit import SOURCE

GRAFANA = SOURCE / "monitoring/grafana"
NAMES = ("noc", "sre")
# Identifiers of Grafana's units (packages/grafana-data/src/valueFormats/categories.ts) in use here.
UNITS = {"Bps", "bytes", "cps", "none", "percentunit", "s", "short"}
KINDS = {"bargauge", "heatmap", "row", "stat", "state-timeline", "table", "timeseries"}
COLUMNS = 24
# Grafana's own variables, as a test of some seconds wants them.
BUILT_IN = {"__rate_interval": "10s", "__interval": "1s", "__range": "60s"}
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def load(name):
    return json.loads((GRAFANA / f"{name}.json").read_text())


def panels(board):
    """All but rows, those inside rows too."""
    for panel in board["panels"]:
        if panel["type"] == "row":
            yield from panel["panels"]
        else:
            yield panel


def queries(board):
    """(where, expression, instant?) of every panel and annotation."""
    for panel in panels(board):
        for target in panel["targets"]:
            yield f"{panel['title']} {target['refId']}", target["expr"], target["instant"]
    for note in board["annotations"]["list"]:
        if "expr" in note:
            yield f"annotation {note['name']}", note["expr"], False


def variables(board):
    return {entry["name"]: entry for entry in board["templating"]["list"]}


def filled_in(expression):
    """With All for every variable, and without the 0 that stands where there is nothing."""
    for name, value in BUILT_IN.items():
        expression = expression.replace(f"${name}", value)
    return re.sub(r"\$\w+", ".*", expression).removesuffix(" or vector(0)")


def _overlaps(a, b):
    return (a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and
            a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"])


def layout_faults(board):
    shown = board["panels"]
    ids = {id(panel): panel["id"] for panel in [*shown, *panels(board)]}.values()
    if len(set(ids)) != len(ids):
        yield "panel ids repeat"
    for i, panel in enumerate(shown):
        at = panel["gridPos"]
        if at["x"] < 0 or at["w"] < 1 or at["h"] < 1 or at["x"] + at["w"] > COLUMNS:
            yield f"{panel['title']}: outside the grid"
        for other in shown[:i]:
            if _overlaps(at, other["gridPos"]):
                yield f"{panel['title']}: over {other['title']}"


def panel_faults(panel, known):
    title = panel.get("title") or f"panel {panel['id']}"
    if not panel.get("title") or len(panel.get("description", "")) < 10:
        yield f"{title}: no title or description"
    if panel["type"] not in KINDS:
        yield f"{title}: type {panel['type']}"
    if panel["datasource"] != DATASOURCE:
        yield f"{title}: datasource {panel['datasource']}"
    unit = panel["fieldConfig"]["defaults"].get("unit")
    if unit not in UNITS and panel["type"] in ("stat", "timeseries", "bargauge"):
        yield f"{title}: unit {unit}"
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    limits = [step["value"] for step in steps]
    if limits[0] is not None or limits[1:] != sorted(limits[1:]):
        yield f"{title}: thresholds {limits}"
    refs = [target["refId"] for target in panel["targets"]]
    if not refs or len(set(refs)) != len(refs):
        yield f"{title}: refIds {refs}"
    for target in panel["targets"]:
        if target["datasource"] != DATASOURCE or target["instant"] == target["range"]:
            yield f"{title}: target {target['refId']}"
        unknown = set(re.findall(r"\$\{?(\w+)", target["expr"])) - known
        if unknown or "$job" not in target["expr"]:
            yield f"{title}: variables {unknown or 'without $job'}"


@functools.cache
def _schema():
    """Made of Grafana's own types (monitoring/tests/schema/make.sh)."""
    return json.loads((SOURCE / "monitoring/tests/schema/dashboard.schema.json").read_text())


def _violations(value, schema, where):
    for error in jsonschema.Draft7Validator(schema).iter_errors(value):
        path = "/".join(map(str, error.absolute_path))
        yield f"{where}: {path}: {error.message[:200]}"


def schema_faults(board):
    """What Grafana's types have otherwise, or have not at all. Each panel by the type of its kind, so
    that a fault is named."""
    envelope = {"__inputs", "__elements", "__requires"}  # of an export, and of no type
    own = {key: value for key, value in board.items() if key not in envelope}
    rows = [panel for panel in board["panels"] if panel["type"] == "row"]
    yield from _violations({"dashboard": {**own, "panels": rows}}, _schema(), "dashboard")
    definitions = _schema()["definitions"]
    kinds = {kind["properties"]["type"]["const"]: kind for kind in definitions["OurPanel"]["anyOf"]}
    for panel in panels(board):
        kind = {**kinds[panel["type"]], "definitions": definitions}
        yield from _violations(panel, kind, panel["title"])


def faults(board):
    """What Grafana, or its user, would stumble over."""
    found = variables(board)
    known = {*found, *BUILT_IN}
    yield from schema_faults(board)
    yield from layout_faults(board)
    for panel in panels(board):
        yield from panel_faults(panel, known)
    if [entry["name"] for entry in board["__inputs"]] != ["DS_PROMETHEUS"]:
        yield "does not ask for a datasource on import"
    if found["datasource"]["current"]["value"] != "${DS_PROMETHEUS}":
        yield "the datasource asked for is not the one used"
    asked_for = {entry["id"] for entry in board["__requires"] if entry["type"] == "panel"}
    if asked_for != {panel["type"] for panel in panels(board)}:
        yield f"__requires has {sorted(asked_for)}"
    for name, entry in found.items():
        if entry["type"] == "query" and (entry["datasource"] != DATASOURCE or not entry["label"]):
            yield f"variable {name}"
    if board["id"] is not None or not board["uid"] or board["schemaVersion"] < 36:
        yield "id, uid or schemaVersion"
    if not {"Alarms raised", "Reloads"} <= {note["name"] for note in board["annotations"]["list"]}:
        yield "annotations are missing"
