"""A certificate authority of its own, a server's and a client's certificate, made with openssl as PEM files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import programs

DAYS = "3650"


def make(folder: Path) -> None:
    """Writes ca.pem, server.pem (key and certificate, as Kafka wants it), client.pem and client.key; once."""
    if (folder / "client.pem").exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _openssl(
        folder,
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", DAYS, "-subj", "/CN=Newsloom local CA"),
        *("-keyout", "ca.key", "-out", "ca.pem"),
    )
    _signed(folder, "server", "subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n")
    server = folder / "server.pem"
    server.write_text((folder / "server.key").read_text() + server.read_text())
    _signed(folder, "client", "extendedKeyUsage=clientAuth\n")


def _signed(folder: Path, name: str, extensions: str) -> None:
    (folder / f"{name}.ext").write_text(extensions)
    _openssl(
        folder,
        *("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN=newsloom-{name}"),
        *("-keyout", f"{name}.key", "-out", f"{name}.csr"),
    )
    _openssl(
        folder,
        *("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"),
        *("-days", DAYS, "-extfile", f"{name}.ext", "-out", f"{name}.pem"),
    )


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run([programs.openssl(), *arguments], cwd=folder, check=True, capture_output=True)
