#!/usr/bin/env python3
"""The files in monitoring/: rules, their tests, the runbook, Alertmanager's and Grafana's files fit
each other. Nothing is started."""
import copy
import json
import re
import subprocess
import sys

from kit import SOURCE, WORK, check, need, run_tests
from product import promtool

need(yaml=True, jsonschema=True, promtool="prometheus", amtool="prometheus-alertmanager")
import dashboard  # noqa: E402
import jsonschema  # noqa: E402
import yaml  # noqa: E402

MONITORING = SOURCE / "monitoring"
RULES = MONITORING / "faultprint.rules.yml"
SERIES = r"\b(?:faultprint|process)_[a-z_]+\b"


def rules():
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"]
            for rule in group["rules"]]


def alerts():
    return [rule for rule in rules() if "alert" in rule]


def test_rules():
    """promtool check rules, promtool test rules"""
    tests = sorted((MONITORING / "tests").glob("*.yml"))
    for words in (("check", "rules", RULES), *(("test", "rules", path) for path in tests)):
        status, text = promtool(*words)
        check(status == 0, f"promtool {words[0]} {words[-1].name}", text.split("\n")[-1])
    text = "".join(path.read_text() for path in tests)
    untested = [name for rule in rules() for name in [rule.get("alert") or rule["record"]]
                if name not in text]
    check(not untested, "every rule has a test", untested)


def test_alerts():
    """every alert is steady, says what it is, and leads to the runbook"""
    names = [rule["alert"] for rule in alerts()]
    check(len(set(names)) == len(names), "names are unique", names)
    for rule in alerts():
        wrong = [key for key in ("summary", "description", "runbook", "runbook_url")
                 if not rule["annotations"].get(key)]
        severity = rule.get("labels", {}).get("severity")
        if severity not in ("critical", "warning") and '"severity"' not in rule["expr"]:
            wrong.append("severity")
        if "keep_firing_for" not in rule:
            wrong.append("keep_firing_for")
        check(not wrong, rule["alert"], wrong)


def sections():
    """Heading -> text, of the runbook."""
    parts = re.split(r"^## (.*)\n", (MONITORING / "runbook.md").read_text(), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def test_runbook():
    """one section for each alert: what it means, what to look at, what to do"""
    found = sections()
    check(set(found) == {rule["alert"] for rule in alerts()}, "a section for each, and no other",
          sorted(set(found) ^ {rule["alert"] for rule in alerts()}))
    for rule in alerts():
        name = rule["alert"]
        check(rule["annotations"]["runbook_url"].endswith(f"/runbook.md#{name.lower()}"),
              f"{name}: its address", rule["annotations"]["runbook_url"])
    for name, text in found.items():
        wrong = [part for part in ("**It means:** ", "**Look at**\n- ", "**Do**\n- ")
                 if part not in text]
        wrong += [link for link in re.findall(r"\(#(\w+)\)", text)
                  if link not in map(str.lower, found)]
        check(not wrong, f"runbook: {name}", wrong)


def annotations():
    return [text for rule in alerts() for text in rule["annotations"].values()]


def test_metrics_exist():
    """rules, their texts, dashboards and runbook name metrics of the table alone"""
    table = set(re.findall(r"^\| `(\w+)` ", (MONITORING / "metrics.md").read_text(), re.M))
    texts = {"rules": " ".join(rule["expr"] for rule in rules()), "annotations": " ".join(annotations()),
             "runbook": (MONITORING / "runbook.md").read_text()}
    for name in dashboard.NAMES:
        board = dashboard.load(name)
        texts[name] = " ".join(expr for _, expr, _ in dashboard.queries(board)) + " ".join(
            entry["definition"] for entry in dashboard.variables(board).values()
            if entry["type"] == "query")
    for name, text in texts.items():
        used = {re.sub(r"(_seconds)_(bucket|sum|count)$", r"\1", series)
                for series in re.findall(SERIES, text)}
        check(used and used <= table, f"{name}: every metric is in metrics.md", sorted(used - table))


def test_advice():
    """the queries that annotations and runbook give are PromQL"""
    queries = {" ".join(quoted.split()) for text in
               (*annotations(), (MONITORING / "runbook.md").read_text())
               for quoted in text.split("`")[1::2] if re.search(SERIES, quoted)}
    check(len(queries) > 10, "queries", len(queries))
    file = WORK / "advice.yml"
    file.write_text(json.dumps({"groups": [{"name": "advice", "rules": [
        {"record": f"advice:{i}", "expr": query} for i, query in enumerate(sorted(queries))]}]}))
    status, text = promtool("check", "rules", file)
    check(status == 0, "promtool check rules", text)


def test_alertmanager():
    """amtool check-config, and where an alert goes"""
    config = MONITORING / "alertmanager.yml"
    done = subprocess.run(["amtool", "check-config", config], capture_output=True, text=True)
    check(done.returncode == 0, "amtool check-config", done.stdout + done.stderr)
    for name, receiver in (("FaultprintFaultAlarm", "noc"), ("FaultprintFaultWorse", "noc"), ("FaultprintDown", "operations")):
        done = subprocess.run(["amtool", "config", "routes", "test", f"--config.file={config}",
                               f"alertname={name}"], capture_output=True, text=True)
        check(done.stdout.strip() == receiver, f"{name} goes to {receiver}", done.stdout.strip())
    inhibited = set(re.findall(r"Faultprint\w+", config.read_text()))
    check(inhibited <= {rule["alert"] for rule in alerts()}, "it names alerts that exist",
          sorted(inhibited))


def test_grafana_alerts():
    """Grafana's alerts are those of the rules, and use the datasource provisioned"""
    done = subprocess.run([sys.executable, MONITORING / "grafana/make_alerting.py"],
                          capture_output=True, text=True)
    folder = MONITORING / "grafana/provisioning"
    shipped = yaml.safe_load((folder / "alerting/faultprint.yaml").read_text())
    check(done.returncode == 0 and yaml.safe_load(done.stdout) == shipped,
          "provisioning/alerting/faultprint.yaml is what make_alerting.py makes", done.stderr)
    schema = jsonschema.Draft7Validator(json.loads(
        (MONITORING / "tests/schema/alerting.schema.json").read_text()))
    found = [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
             for error in schema.iter_errors(shipped)]
    check(not found, "Grafana's reader knows all that it holds", found)
    for key, value in (("keep_firing_for", "2m"), ("noDataState", "Ok"), ("for", 5), ("uid", "a" * 41)):
        worse = copy.deepcopy(shipped)
        worse["groups"][0]["rules"][0][key] = value
        check(not schema.is_valid(worse), f"and {key}: {value} is refused")
    made = {rule["title"]: rule for group in shipped["groups"] for rule in group["rules"]}
    for rule in alerts():
        same = made.pop(rule["alert"])
        check(same["data"][0]["model"]["expr"] == rule["expr"] and
              same["for"] == rule.get("for", "0s") and
              same["keepFiringFor"] == rule["keep_firing_for"] and
              same["labels"] == rule.get("labels", {}), f"Grafana: {rule['alert']}")
        check(len(same["uid"]) <= 40 and "$value " not in str(same["annotations"]),
              f"Grafana: {rule['alert']}: uid and texts")
    check(not made, "and no other", sorted(made))
    datasources = yaml.safe_load((folder / "datasources/faultprint.yaml").read_text())
    asked = {query["datasourceUid"] for group in shipped["groups"] for rule in group["rules"]
             for query in rule["data"]} - {"__expr__"}
    check(asked == {source["uid"] for source in datasources["datasources"]}, "datasource", asked)


def broken(board):
    """(what is done to a dashboard, the dashboard): none may pass."""
    def changed(change):
        copied = copy.deepcopy(board)
        panel = next(panel for panel in dashboard.panels(copied) if panel["type"] == "timeseries")
        change(copied, panel)
        return copied

    yield "an id twice", changed(lambda b, p: p.update(id=b["panels"][0]["id"]))
    yield "a panel over another", changed(lambda b, p: p["gridPos"].update(y=1))
    yield "a panel beside the grid", changed(lambda b, p: p["gridPos"].update(x=20, w=5))
    yield "a datasource of its own", changed(lambda b, p: p.update(datasource={"uid": "x"}))
    yield "a made-up unit", changed(
        lambda b, p: p["fieldConfig"]["defaults"].update(unit="furlongs"))
    yield "no description", changed(lambda b, p: p.pop("description"))
    yield "a refId twice", changed(lambda b, p: p["targets"].append(p["targets"][0]))
    yield "an unknown variable", changed(
        lambda b, p: p["targets"][0].update(expr='up{job=~"$job",x="$nowhere"}'))
    yield "an option that Grafana has not", changed(lambda b, p: p["options"].update(tooltips={}))
    yield "an option of another kind of panel", changed(
        lambda b, p: p["options"].update(showHeader=True))
    yield "a legend in no place there is", changed(
        lambda b, p: p["options"]["legend"].update(placement="top"))
    yield "a field's setting misspelt", changed(
        lambda b, p: p["fieldConfig"]["defaults"]["custom"].update(linewidth=1))
    yield "a number for a title", changed(lambda b, p: b.update(title=7))
    yield "no question on import", changed(lambda b, p: b.update(__inputs=[]))


def test_dashboards():
    """the dashboards' structure, and that the check sees what is wrong"""
    for name in dashboard.NAMES:
        board = dashboard.load(name)
        found = list(dashboard.faults(board))
        check(not found, f"{name}.json", found)
        for what, worse in broken(board):
            check(list(dashboard.faults(worse)), f"{name}.json with {what} is refused")
    uids = {dashboard.load(name)["uid"] for name in dashboard.NAMES}
    check(len(uids) == len(dashboard.NAMES), "uids are unique", sorted(uids))


run_tests(test_rules, test_alerts, test_runbook, test_metrics_exist, test_advice, test_alertmanager,
          test_grafana_alerts, test_dashboards)
