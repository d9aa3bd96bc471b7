"""Elasticsearch refuses to run as root: the ordinary user that it runs as instead, and folders that this user can reach."""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from pathlib import Path

from problems import MissingServer, ServerFailed

USERS = ("elasticsearch", "nobody")


def ordinary_user() -> pwd.struct_passwd | None:
    """Whom to become; None when this process is no root already."""
    if os.geteuid() != 0:
        return None
    for name in USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise MissingServer(f"Elasticsearch does not run as root, and there is no user {' or '.join(USERS)} to run it as")


def reachable(folder: Path, user: pwd.struct_passwd | None, *, name: str, base: Path) -> Path:
    """`folder`, or a stand-in below `base` when this user can't get into the folders above (root's home has mode 700).

    The stand-in is a function of the folder, so that a restart finds its data again.
    """
    folder = folder.absolute()
    if user is None or _enters(_existing(folder), user):
        return folder
    key = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return base / f"newsloom-{name}-{os.getuid()}" / key


def temporary() -> Path:
    return Path(tempfile.gettempdir())


def own_folder(folder: Path, mode: int = 0o711) -> Path:
    """Makes a folder where everybody may write beside it, and refuses one that somebody else has put there."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise ServerFailed(f"{folder} belongs to another user: remove it or choose another folder")
    folder.chmod(mode)
    return folder


def give(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Makes `folder` and all in it the user's own."""
    if user is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _enters(folder: Path, user: pwd.struct_passwd) -> bool:
    """Asks the system rather than the mode bits: it knows of groups, ACLs and mounts."""
    done = subprocess.run(
        ["test", "-x", str(folder)], user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False
    )
    return done.returncode == 0
