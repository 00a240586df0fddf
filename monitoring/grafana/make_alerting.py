#!/usr/bin/env python3
"""The alerts of faultprint.rules.yml as Grafana provisions them, on standard output. With them the
rules need not be loaded in Prometheus: Grafana asks it and alerts by itself.

  ./make_alerting.py > provisioning/alerting/faultprint.yaml

A test fails while the file is not what this makes of the rules."""
import pathlib
import re
import sys

import yaml

RULES = pathlib.Path(__file__).resolve().parents[1] / "faultprint.rules.yml"
DATASOURCE = "faultprint-prometheus"  # as provisioning/datasources has it
HEAD = """\
# Made by make_alerting.py from faultprint.rules.yml: change that, then run it again. For Grafana 10
# or newer; keepFiringFor and missing_series_evals_to_resolve are heeded by newer ones (12).
"""


class Dumper(yaml.SafeDumper):
    """No aliases; long text folded."""

    def ignore_aliases(self, data):
        return True


def _text(dumper, text):
    style = ">" if len(text) > 80 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, _text)


# A text of Prometheus asks for the series that says why; one of Grafana cannot, but knows the labels
# of each query's result whose labels are those of the alert and more.
ASKS = r"\{\{ with printf .*?\| query \}\}\{\{ with first \. \}\}(.*)\{\{ end \}\}\{\{ end \}\}"
SAME = "job, element, element_group, fault_type, alarm_severity"


def explanation(expr):
    """The result of the expression with what faultprint_alarm_info says of it; as it is where that
    says nothing: a query without a result would make an alert without data."""
    which = "now_severity" if "now_severity" in expr else "severity"
    info = f'label_replace(faultprint_alarm_info, "alarm_severity", "$1", "{which}", "(.+)")'
    return (f"({expr}) * on ({SAME}) group_left (now, now_severity, since, why) "
            f"topk by ({SAME}) (1, {info}) or on ({SAME}) ({expr})")


def annotation(text):
    """$value is a number in Prometheus, and a text of all values in Grafana."""
    text = re.sub(ASKS, r"{{ with $values.why }}{{ if .Labels.why }}\1{{ end }}{{ end }}", text)
    return re.sub(r"\$value\b", "$values.query.Value", text)


def query(name, expr):
    return {"refId": name, "datasourceUid": DATASOURCE,
            "relativeTimeRange": {"from": 600, "to": 0},
            "model": {"refId": name, "expr": expr, "instant": True, "range": False}}


def queries(expr, explained):
    """Prometheus alerts for every series that an expression returns, be its value 0; Grafana where
    a condition is above 0."""
    any_value = {"refId": "any_value", "datasourceUid": "__expr__",
                 "model": {"refId": "any_value", "type": "math",
                           "datasource": {"type": "__expr__", "uid": "__expr__"},
                           "expression": "is_number($query) || is_nan($query) || is_inf($query)"}}
    above = {"refId": "condition", "datasourceUid": "__expr__",
             "model": {"refId": "condition", "type": "threshold", "expression": "any_value",
                       "datasource": {"type": "__expr__", "uid": "__expr__"},
                       "conditions": [{"evaluator": {"type": "gt", "params": [0]}}]}}
    return [query("query", expr), any_value, above,
            *([query("why", explanation(expr))] if explained else [])]


def alert(rule):
    name = rule["alert"]
    explained = any(re.search(ASKS, text) for text in rule["annotations"].values())
    out = {"uid": re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower(), "title": name,
           "condition": "condition", "data": queries(rule["expr"], explained),
           "noDataState": "OK", "execErrState": "Error", "for": rule.get("for", "0s"),
           "missing_series_evals_to_resolve": 1}
    if "keep_firing_for" in rule:
        out["keepFiringFor"] = rule["keep_firing_for"]
    out["labels"] = rule.get("labels", {})
    out["annotations"] = {key: annotation(text) for key, text in rule["annotations"].items()}
    return out


def main():
    groups = []
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        alerts = [alert(rule) for rule in group["rules"] if "alert" in rule]
        if alerts:
            groups.append({"orgId": 1, "name": group["name"], "folder": "faultprint",
                           "interval": "1m", "rules": alerts})
    sys.stdout.write(HEAD)
    yaml.dump({"apiVersion": 1, "groups": groups}, sys.stdout, Dumper=Dumper, sort_keys=False,
              width=100, allow_unicode=True)


if __name__ == "__main__":
    main()
