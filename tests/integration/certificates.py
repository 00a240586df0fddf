"""Certificates of a test's own, in its folder: NAME.key and NAME.pem."""
import subprocess

from kit import WORK


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=WORK)


def authority(name):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.pem", "-days", "2", "-subj", f"/CN={name}")


def certificate(name, signer, subject="localhost", host=None):
    """host: as in subjectAltName; by default DNS:subject."""
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.csr", "-subj", f"/CN={subject}", "-addext",
            f"subjectAltName={host or 'DNS:' + subject}")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{signer}.pem", "-CAkey",
            f"{signer}.key", "-CAcreateserial", "-days", "2", "-copy_extensions", "copy", "-out",
            f"{name}.pem")
