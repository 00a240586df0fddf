"""Shared by the integration tests: checks, processes, ports.

Every process started here dies with the script, whatever happens to it."""
import atexit
import ctypes
import importlib.util
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

SOURCE = pathlib.Path(os.environ.get("FAULTPRINT_SOURCE") or
                      pathlib.Path(__file__).resolve().parents[2])
BUILD = pathlib.Path(os.environ.get("FAULTPRINT_BUILD") or SOURCE / "build/release")
BINARY = pathlib.Path(os.environ.get("FAULTPRINT") or BUILD / "faultprint")
DEMO = SOURCE / "daemon/demo"
HELDOUT = DEMO / "heldout.csv.gz"
INCIDENTS = DEMO / "heldout_incidents.csv"
WORK = pathlib.Path(tempfile.mkdtemp(prefix="faultprint-integration-"))

_children = []
_failures = []
_skipped = []
_started = time.monotonic()


# Checks and the end of a script

def say(text):
    print(f"[{time.monotonic() - _started:6.1f} s] {text}", flush=True)


def check(good, what, detail=""):
    say(("ok    " if good else "FAIL  ") + what + (f": {detail}" if detail != "" else ""))
    if not good:
        _failures.append(what)
    return bool(good)


class Skipped(Exception):
    pass


def skip(why):
    """Ends the test that is running. Where nothing failed, its script counts as skipped."""
    raise Skipped(why)


def run_tests(*tests):
    """Each in turn, whatever became of the one before; then the script ends."""
    for test in tests:
        began = time.monotonic()
        say(f"--- {test.__doc__}")
        try:
            test()
        except Skipped as why:
            say(f"SKIPPED: {why}")
            _skipped.append(test.__name__)
        except Exception:  # the next test may still say something
            traceback.print_exc()
            check(False, test.__name__ + " ended early")
        say(f"    {test.__name__}: {time.monotonic() - began:.1f} s")
    finish()


def finish():
    if _failures:
        say(f"{len(_failures)} checks failed:")
        for what in _failures:
            print(f"    {what}")
    sys.exit(1 if _failures else 77 if _skipped else 0)


def need(yaml=False, jsonschema=False, **components):
    """program=apt package; yaml, jsonschema: Python's. Without one the test is skipped, or in CI a failure."""
    missing = [f"{program} (apt-get install {package})" for program, package in components.items()
               if not shutil.which(program)]
    missing += [f"Python's {module} (apt-get install python3-{module})"
                for module, wanted in (("yaml", yaml), ("jsonschema", jsonschema))
                if wanted and not importlib.util.find_spec(module)]
    if not BINARY.exists():
        wait(lambda: BINARY.exists(), 60, f"{BINARY}: the program is not built")
    if missing:
        print("missing: " + ", ".join(missing))
        sys.exit(1 if os.environ.get("CI") == "true" else 77)


def wait(condition, seconds, what, every=0.05):
    """what: that did not come; a text, or what tells it then."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what() if callable(what) else what} (waited {seconds} s)")
        time.sleep(every)


def _end():
    for child in _children:
        if child.poll() is None:
            child.kill()
        child.wait()
    keep = os.environ.get("FAULTPRINT_KEEP") or (sys.exc_info()[0] or _failures)
    if keep:
        print(f"files kept in {WORK}")
    else:
        shutil.rmtree(WORK, ignore_errors=True)


def _unexpected(kind, error, trace):
    _failures.append(str(error))
    sys.__excepthook__(kind, error, trace)


atexit.register(_end)
sys.excepthook = _unexpected
for _signal in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(_signal, lambda number, frame: sys.exit(128 + number))
_libc = ctypes.CDLL(None)


def spawn(command, log, **options):
    # 1 = PR_SET_PDEATHSIG: a child goes even when this script is killed outright.
    child = subprocess.Popen([str(word) for word in command], stdout=open(log, "ab"),
                             stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                             preexec_fn=lambda: _libc.prctl(1, signal.SIGKILL), **options)
    _children.append(child)
    return child


def stop(child, seconds=20, how=signal.SIGTERM):
    """Its exit status; how long it took."""
    began = time.monotonic()
    child.send_signal(how)
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        status = "killed: it did not end"
    return status, time.monotonic() - began


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
