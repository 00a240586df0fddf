#!/usr/bin/env python3
"""The HTTP port behind TLS and passwords, in the file format that Prometheus' exporters share: curl,
a real Prometheus, renewed certificates, and clients that mean harm."""
import ctypes
import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time

from certificates import authority, certificate
from cli import faultprint
from kit import WORK, check, need, run_tests, wait
from product import Daemon

need(yaml=True, curl="curl", openssl="openssl", prometheus="prometheus")
from prometheus import Prometheus, job  # noqa: E402 (it wants yaml)

WEB = WORK / "web.yml"
daemon = None


def bcrypt(password):
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    return crypt(password.encode(), b"$2y$10$abcdefghijklmnopqrstuu").decode()


def write_web(clients=False, more="", users=True):
    text = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n" + more
    if clients:
        text += "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"
    text += "http_server_config:\n  headers:\n    Strict-Transport-Security: max-age=60\n"
    if users:
        text += f"basic_auth_users:\n  alice: {bcrypt('secret')}\n"
    (WORK / "web.new").write_text(text)
    (WORK / "web.new").rename(WEB)


def curl(path="/-/healthy", *words, scheme="https"):
    """HTTP status (0: no answer), and what came."""
    done = subprocess.run(["curl", "-s", "-m", "10", "-w", "%{stderr}%{http_code}", "--cacert",
                           WORK / "ca.pem", *words, f"{scheme}://localhost:{daemon.port}{path}"],
                          capture_output=True, text=True)
    return int(done.stderr or 0), done.stdout


def fetch(path="/metrics", *words):
    return curl(path, "-u", "alice:secret", *words)


def metric(name):
    lines = [line for line in fetch()[1].splitlines() if line.startswith(name)]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def run_daemon():
    global daemon
    (WORK / "faultprint.yaml").write_text(json.dumps({
        "kafka": {"brokers": "127.0.0.1:1", "topics": ["kpi"]},
        "stream": {"period": "5s", "window": 12, "kpis": [{"name": "a", "kind": "gauge"}]},
        "http": {"listen": "127.0.0.1:0", "reload": True}}))
    daemon = Daemon("watched", config=WORK / "faultprint.yaml", words=("--web.config.file", WEB))
    daemon.start(ready=False)


def test_password():
    """nothing without a password, everything with it"""
    authority("ca")
    certificate("server", "ca")
    write_web()
    run_daemon()
    told = {curl(path, *words) for path in ("/", "/metrics", "/-/healthy", "/-/ready", "/nothing",
                                           "/api/v1/status", "/-/reload")
            for words in ((), ("-u", "alice:wrong"), ("-u", "bob:secret"), ("-X", "POST"),
                          ("-H", "Authorization: Bearer x"))}
    check(told == {(401, "unauthorized\n")}, "the same refusal for every path and method", told)
    check(fetch("/-/healthy") == (200, "faultprint is healthy.\n"), "the right password")
    check(fetch("/nothing")[0] == 404, "and then a path that is not there is not found")
    head = fetch("/metrics", "-D", "-", "-o", "/dev/null")[1]
    check("Strict-Transport-Security: max-age=60" in head, "the configured header", head)
    status, page = fetch("/-/reload", "-X", "POST")
    check(status == 500 and "model.file is not set" in page, "a reload by who may", page)
    said = daemon.log.read_text()
    check("$2y$" not in said and "secret" not in said, "no secret is logged")


def test_versions():
    """TLS 1.2 and 1.3, nothing older, and no plain HTTP"""
    for version in ("1.2", "1.3"):
        check(fetch("/-/healthy", f"--tlsv{version}", "--tls-max", version)[0] == 200, version)
    check(fetch("/-/healthy", "--tlsv1.0", "--tls-max", "1.1", "--ciphers",
                "DEFAULT@SECLEVEL=0")[0] == 0, "not 1.1")
    check(curl(scheme="http")[0] == 0, "not without TLS")
    write_web(more="  min_version: TLS13\n")
    wait(lambda: fetch("/-/healthy", "--tls-max", "1.2")[0] == 0, 10, "1.2 is still spoken")
    check(fetch("/-/healthy")[0] == 200, "min_version: TLS13 leaves 1.3")
    write_web()
    wait(lambda: fetch("/-/healthy", "--tls-max", "1.2")[0] == 200, 10, "1.2 is not spoken again")


def serial():
    context = ssl.create_default_context(cafile=WORK / "ca.pem")
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # Python 3.13 wants extensions that ours lacks
    with socket.create_connection(("127.0.0.1", daemon.port), 5) as plain, \
            context.wrap_socket(plain, server_hostname="localhost") as stream:
        return stream.getpeercert()["serialNumber"]


def test_renewed():
    """a renewed certificate is taken by itself; one that cannot be used is not, and told"""
    before = serial()
    certificate("server", "ca")
    wait(lambda: serial() != before, 10, "the old certificate is still shown")
    check(True, "the new certificate is shown, without a reload")
    name = "faultprint_web_config_last_reload_successful"
    check(metric(name) == 1, "which the metric says")
    good = (WORK / "server.key").read_text()
    (WORK / "server.key").write_text("nonsense")
    wait(lambda: metric(name) == 0, 10, "the metric does not say that the key is wrong")
    check("tls_server_config.key_file" in daemon.log.read_text(), "the log names file and key")
    check(fetch("/-/healthy")[0] == 200, "the old one stays in use")
    (WORK / "server.key").write_text(good)
    wait(lambda: metric(name) == 1, 10, "the metric does not say that all is well again")
    WEB.write_text("")
    wait(lambda: metric(name) == 0, 10, "an empty file is taken")
    check(curl()[0] == 401, "an empty file opens nothing")
    write_web()
    wait(lambda: metric(name) == 1, 10, "the right file is not taken again")


def test_client_certificates():
    """client certificates: of the right authority, or no connection"""
    authority("other")
    certificate("client", "ca", "prometheus")
    certificate("stranger", "other", "prometheus")
    write_web(clients=True)
    wait(lambda: fetch("/-/healthy")[0] == 0, 10, "served without a certificate")

    def with_certificate(name):
        return fetch("/-/healthy", "--cert", WORK / f"{name}.pem", "--key", WORK / f"{name}.key")
    check(with_certificate("client")[0] == 200, "the right certificate")
    check(with_certificate("stranger")[0] == 0, "another authority's")
    told = subprocess.run(["curl", "-sS", "-m", "10", "--cacert", WORK / "ca.pem",
                           f"https://localhost:{daemon.port}/"], capture_output=True, text=True).stderr
    check("certificate required" in told, "the client without one is told why", told)
    dropped = [line for line in daemon.log.read_text().splitlines() if "reason=tls" in line]
    check(dropped and 'newest="127.0.0.1: ' in dropped[0], "and the log says who failed, and why", dropped[:1])
    check(curl("/-/healthy", "--cert", WORK / "client.pem", "--key",
               WORK / "client.key")[0] == 401, "the password is asked for besides")


def test_prometheus():
    """a real Prometheus scrapes over TLS, with a client certificate and a password"""
    tls = {"ca_file": f"{WORK}/ca.pem", "cert_file": f"{WORK}/client.pem",
           "key_file": f"{WORK}/client.key"}
    prometheus = Prometheus(*(
        job(f"localhost:{daemon.port}", name, scheme="https", tls_config=tls,
            basic_auth={"username": "alice", "password": password})
        for name, password in (("faultprint", "secret"), ("wrong", "guess"))))

    def targets():
        return {target["labels"]["job"]: target
                for target in prometheus.api("targets")["activeTargets"]}
    wait(lambda: {t["health"] for t in targets().values()} == {"up", "down"}, 20,
         "the targets have not been scraped")
    check(targets()["faultprint"]["health"] == "up", "up", targets()["faultprint"]["lastError"])
    check("401" in targets()["wrong"]["lastError"], "a wrong password is told as such",
          targets()["wrong"]["lastError"])
    prometheus.stop()


def test_slow():
    """200 clients that say little, slowly, keep nobody from being served"""
    write_web()
    wait(lambda: fetch("/-/healthy")[0] == 200, 10, "client certificates are still asked for")
    fetch()
    clients = [socket.create_connection(("127.0.0.1", daemon.port), 5) for _ in range(200)]
    over = threading.Event()

    # The beginning of a greeting of 512 bytes, one at a time.
    hello = bytes.fromhex("1603010200010001fc0303") + bytes(501)

    def drip():
        for byte in hello:
            if over.wait(0.05):
                return
            for client in clients:
                try:
                    client.send(bytes([byte]))
                except OSError:
                    pass
    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    slowest = 0
    for _ in range(10):
        began = time.monotonic()
        check(fetch()[0] == 200, "a scrape meanwhile")
        slowest = max(slowest, time.monotonic() - began)
    check(slowest < 1, "the slowest of ten", f"{slowest:.2f} s")
    descriptors = len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
    check(descriptors < 160, "its descriptors are bounded", descriptors)
    wait(lambda: metric("faultprint_http_connections ") < 5, 15, "slow clients stay for ever")
    check(metric("faultprint_http_connections_dropped_total") >= 200, "each is counted")
    over.set()
    dripping.join()


def test_end():
    """it ends well, and refuses to start with what it cannot use"""
    check(daemon.stop()[0] == 0, "ends with 0")
    WEB.write_text("tls_server_config:\n  cert_file: none.pem\n  key_file: server.key\n")
    done = faultprint("run", "--config", WORK / "faultprint.yaml", "--web.config.file", WEB, timeout=20)
    check(done.returncode == 78 and f"{WEB}:2: tls_server_config.cert_file" in done.stderr,
          "status 78, with file, line and key", done.stderr[-300:])
    config = json.loads((WORK / "faultprint.yaml").read_text())
    config["http"]["web_config_file"] = "web.yml"
    (WORK / "with.yaml").write_text(json.dumps(config))
    done = faultprint("check-config", WORK / "with.yaml")
    check(done.returncode == 78 and "web.yml:2:" in done.stderr, "check-config says so too",
          done.stderr[-300:])


signal.signal(signal.SIGPIPE, signal.SIG_IGN)
run_tests(test_password, test_versions, test_renewed, test_client_certificates, test_prometheus,
          test_slow, test_end)
