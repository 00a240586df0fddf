"""A headless Chromium, driven over plain WebDriver (HTTP and JSON)."""
import atexit
import base64
import json
import urllib.error
import urllib.request

from kit import WORK, free_port, spawn, stop, wait

_ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
              "--disable-background-networking", "--disable-component-update", "--disable-sync",
              "--disable-dev-shm-usage", "--hide-scrollbars"]


class Browser:
    def __init__(self):
        port = free_port()
        self.root = f"http://127.0.0.1:{port}"
        self.driver = spawn(["chromedriver", f"--port={port}"], WORK / "chromedriver.log")
        wait(self._ready, 30, "chromedriver does not answer")
        profile = WORK / "chromium-profile"
        profile.mkdir()
        options = {"args": [*_ARGUMENTS, f"--user-data-dir={profile}"]}
        self.session = ""
        answer = self._post("/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.session = f"/session/{answer['sessionId']}"
        atexit.register(self.close)

    def _ready(self):
        try:
            with urllib.request.urlopen(self.root + "/status", timeout=5) as answer:
                return json.load(answer)["value"]["ready"]
        except OSError:
            return False

    def _post(self, path, body, method="POST"):
        request = urllib.request.Request(self.root + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()[:500]}") from None

    def _devtools(self, command, **parameters):
        return self._post(self.session + "/goog/cdp/execute",
                          {"cmd": command, "params": parameters})

    def open(self, path):
        """A file, until its script says that it is done."""
        self._post(self.session + "/url", {"url": path.resolve().as_uri()})
        wait(lambda: self.run("return document.documentElement.dataset.ready === 'yes'"), 30,
             f"{path.name} does not become ready")

    def show(self, width, height=900, theme="light", calm=False):
        self._devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                       deviceScaleFactor=1, mobile=False)
        self._devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"}])

    def run(self, script, *arguments):
        return self._post(self.session + "/execute/sync", {"script": script, "args": arguments})

    def press(self, selector, keys):
        """Keys into an element, as a person types them."""
        found = self._post(self.session + "/element", {"using": "css selector", "value": selector})
        self._post(f"{self.session}/element/{next(iter(found.values()))}/value", {"text": keys})

    def click(self, selector):
        found = self._post(self.session + "/element", {"using": "css selector", "value": selector})
        self._post(f"{self.session}/element/{next(iter(found.values()))}/click", {})

    def complaints(self):
        """What the console has said since the last call."""
        return [f"{line['level']}: {line['message']}" for line in
                self._post(self.session + "/se/log", {"type": "browser"})]

    def picture(self, selector=None):
        """PNG bytes of the page, or of what a selector finds."""
        options = {"captureBeyondViewport": True}
        box = self.run("const e = arguments[0] ? document.querySelector(arguments[0]) : "
                       "document.documentElement; const b = e.getBoundingClientRect();"
                       "return {x: b.x + scrollX, y: b.y + scrollY, width: b.width, height: b.height}",
                       selector)
        return base64.b64decode(self._devtools("Page.captureScreenshot", format="png",
                                               clip={**box, "scale": 1}, **options)["data"])

    def close(self):
        """Also when the script ends early: Chromium outlives a driver that is killed."""
        try:
            self._post(self.session, {}, method="DELETE")
        finally:
            stop(self.driver)
