"""MathJax for the website: fetched once by npm into .build, and verified."""
import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

VERSION = "3.2.2"
SHA512 = "Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw=="
KEPT = Path(__file__).resolve().parents[1] / ".build" / "mathjax" / VERSION
PARTS = ("package/es5/tex-mml-chtml.js", "package/es5/output/chtml/fonts/")


def folder():
    """Return a folder that holds mathjax/tex-mml-chtml.js and its fonts; it is filled at first use.

    Raises RuntimeError where that takes npm or a network, and there is none.
    """
    if not KEPT.is_dir():
        with tempfile.TemporaryDirectory() as scratch:
            _unpack(_fetched(Path(scratch)), Path(scratch) / "made" / "mathjax")
            KEPT.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(scratch) / "made", KEPT)
    return KEPT


def _fetched(scratch):
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            f"the website needs npm once, to fetch mathjax@{VERSION}, and found none")
    command = [npm, "pack", f"mathjax@{VERSION}", "--silent"]
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"npm could not fetch mathjax@{VERSION}: {done.stderr.strip()}")
    return verified(scratch / done.stdout.strip().splitlines()[-1])


def verified(path):
    """Return the path of a package; ValueError if its bytes are not those of the pinned version."""
    found = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if found != SHA512:
        raise ValueError(f"{path.name} has the SHA-512 {found}, not that of mathjax@{VERSION}")
    return path


def _unpack(package, made):
    with tarfile.open(package) as archive:
        for member in archive:
            if member.isfile() and member.name.startswith(PARTS):
                target = made / member.name.removeprefix("package/es5/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(member).read())
