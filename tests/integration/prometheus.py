"""A real Prometheus, a real Alertmanager, and a webhook that keeps what it is sent."""
import http.server
import json
import threading
import time
import urllib.parse
import urllib.request

import yaml

from kit import SOURCE, WORK, free_port, say, spawn, stop, wait

RULES = SOURCE / "monitoring/faultprint.rules.yml"
SCRAPE = "1s"  # and as long for an answer: a loaded machine takes its time
EVALUATE = "500ms"


def _answers(address, process, log):
    if process.poll() is not None:
        raise RuntimeError(f"{log.name}: ended: " + log.read_text()[-2000:])
    try:
        with urllib.request.urlopen(f"http://{address}/-/ready", timeout=5) as page:
            return page.status == 200
    except OSError:
        return False


def start(program, address, *words):
    log = WORK / f"{program}.log"
    began = time.monotonic()
    process = spawn([program, f"--web.listen-address={address}", "--log.level=warn", *words], log)
    wait(lambda: _answers(address, process, log), 60, f"{program} is not ready")
    say(f"    {program} ready after {time.monotonic() - began:.1f} s")
    return process


def rules(**sooner):
    """The shipped rules; of an alert named in `sooner`, fields are replaced."""
    document = yaml.safe_load(RULES.read_text())
    for group in document["groups"]:
        for rule in group["rules"]:
            rule.update(sooner.get(rule.get("alert"), {}))
    return document


def job(target, name="faultprint", **more):
    return {"job_name": name, "static_configs": [{"targets": [target]}], **more}


class Prometheus:
    def __init__(self, *jobs, rule_document=None, alertmanager=None):
        self.address = f"127.0.0.1:{free_port()}"
        config = {"global": {"scrape_interval": SCRAPE, "scrape_timeout": SCRAPE,
                             "evaluation_interval": EVALUATE}, "scrape_configs": jobs}
        if rule_document:
            (WORK / "rules.yml").write_text(json.dumps(rule_document))
            config["rule_files"] = [str(WORK / "rules.yml")]
        if alertmanager:
            config["alerting"] = {"alertmanagers": [
                {"static_configs": [{"targets": [alertmanager]}]}]}
        (WORK / "prometheus.yml").write_text(json.dumps(config))
        self.process = start("prometheus", self.address,
                             f"--config.file={WORK}/prometheus.yml",
                             f"--storage.tsdb.path={WORK}/tsdb")

    def api(self, path, **query):
        """What /api/v1/PATH answers. urllib.error.HTTPError where Prometheus refuses it."""
        query = urllib.parse.urlencode(query, doseq=True)
        with urllib.request.urlopen(f"http://{self.address}/api/v1/{path}?{query}",
                                    timeout=10) as page:
            return json.load(page)["data"]

    def wait_scraped(self):
        """Until the daemon has been scraped after now."""
        now = time.time()
        wait(lambda: any(float(series["value"][1]) > now for series in
                         self.api("query", query="timestamp(faultprint_ready)")["result"]), 60,
             "Prometheus does not scrape")

    def alerts(self, name=None):
        return [alert for alert in self.api("alerts")["alerts"] if alert["state"] == "firing" and
                name in (None, alert["labels"]["alertname"])]

    def stop(self):
        stop(self.process)


class Webhook:
    """(receiver, message) of everything that Alertmanager sends."""

    def __init__(self):
        self.messages = messages = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                messages.append((self.path.strip("/"), json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def alerts(self, receiver, status):
        return [alert["labels"] for to, message in list(self.messages) if to == receiver
                for alert in message["alerts"] if alert["status"] == status]


class Alertmanager:
    """With the example configuration, sooner, and its webhooks sent to `webhook`."""

    def __init__(self, webhook):
        self.address = f"127.0.0.1:{free_port()}"
        document = yaml.safe_load((SOURCE / "monitoring/alertmanager.yml").read_text())
        document["route"].update(group_wait="1s", group_interval="1s")
        for receiver in document["receivers"]:
            for hook in receiver["webhook_configs"]:
                hook["url"] = hook["url"].replace(":9095", f":{webhook.port}")
        (WORK / "alertmanager.yml").write_text(json.dumps(document))
        self.process = start("prometheus-alertmanager", self.address,
                             f"--config.file={WORK}/alertmanager.yml",
                             f"--storage.path={WORK}/alertmanager", "--cluster.listen-address=")

    def stop(self):
        stop(self.process)
