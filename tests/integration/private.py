"""Mounts of a test's own. Import it before kit: the script starts over in a mount namespace, which
ends with it, and its mounts too."""
import os
import pathlib
import shutil
import subprocess
import sys

_FLAG = "FAULTPRINT_TEST_MOUNTS"

if os.geteuid() == 0 and shutil.which("unshare") and _FLAG not in os.environ:
    os.environ[_FLAG] = "1"
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0:
        os.execvp("unshare", ["unshare", "-m", sys.executable, "-B", *sys.argv])
    os.environ[_FLAG] = "0"


def need_mounts():
    """Without them the test is skipped. Not before kit is imported (see above)."""
    from kit import skip
    if os.environ.get(_FLAG) != "1":
        skip("mounts need root" if os.geteuid() else "no mount namespace (unshare -m)")


def tmpfs(path, size):
    path = pathlib.Path(path)
    path.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", path], check=True)
    return path


def remount(path, options):
    subprocess.run(["mount", "-o", f"remount,{options}", path], check=True)
