"""Make .venv from requirements.lock, once: what `make lab` and `make test` do first.

    python tools/setup_env.py            # without make, for instance on Windows
    python tools/setup_env.py torch      # adds PyTorch, which is optional

uv, installed by pip into .boot, does the work; plain pip does it when uv is not to be had or when
COURSE_NO_UV=1 is set. What they print goes into .boot/setup.log. This file uses the standard
library only and must still parse on Python 3.6, so that an old Python gets a sentence and not a
SyntaxError.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ACCEPTED = ((3, 13), (3, 12), (3, 11))

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
BOOT = ROOT / ".boot"
LOG = BOOT / "setup.log"
VENV = ROOT / ".venv"
SETTINGS = ROOT / "tools" / "jupyterlab_overrides.json"
UV = ROOT / "tools" / "uv.txt"
STAMP = VENV / "setup-finished"  # written last: a .venv without it, or an older one, is made anew
WINDOWS = os.name == "nt"
VENV_PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
UV_PROGRAM = BOOT / ("bin/uv.exe" if WINDOWS else "bin/uv")

UV_INSTALL = ("pip", "install", "--python", VENV_PYTHON)
PIP_INSTALL = (VENV_PYTHON, "-m", "pip", "install", "--retries", "2")
COURSE_LIB = ("--no-deps", "--no-build-isolation", "-e", ".")
UNREACHABLE = ("connection broken by", "error sending request", "client error (Connect)",
               "timed out")


def unsuitable(version, implementation="CPython", system="", machine=""):
    """Say in one sentence why such a Python cannot run the course; None when it can."""
    found = f"{implementation} {version[0]}.{version[1]}"
    if tuple(version) not in ACCEPTED or implementation != "CPython":
        return (f"This is {found}; the course needs CPython 3.11, 3.12 or 3.13: install one, or"
                " name it, as in `make lab PYTHON=python3.12`.")
    if (system, machine) == ("Darwin", "x86_64"):
        return (f"This is {found} for Intel Macs, for which TensorFlow is no longer made; the"
                " course needs Linux, Windows, or an Apple-silicon Mac with its own Python.")
    return None


def other_python():
    """Return the path of an accepted Python found on PATH, or None."""
    for version in ACCEPTED:
        path = shutil.which("python{}.{}".format(*version))
        # asked, because a program of that name may be a pyenv shim that refuses to run
        found = "(sys.version_info[:2], sys.implementation.name)"
        command = [path, "-c", f"import sys; sys.exit({found} != ({version}, 'cpython'))"]
        if path and subprocess.call(command, stderr=subprocess.DEVNULL) == 0:
            return path
    return None


def run(*command):
    """Run a command in the repository; its output goes into the log, downloads onto the screen too.
    """
    # a learner's global pip settings must not send packages elsewhere
    env = dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0",
               PIP_DISABLE_PIP_VERSION_CHECK="1")
    output = []
    with LOG.open("a", encoding="utf-8") as log, subprocess.Popen(
            [str(part) for part in command], cwd=str(ROOT), env=env, encoding="utf-8",
            errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT) as process:
        for line in process.stdout:
            output.append(line)
            log.write(line)
            if line.lstrip().startswith("Downloading"):
                print("  " + line.strip(), flush=True)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, "".join(output))


def is_unreachable(error):
    """Whether a failed command failed because the package index could not be reached."""
    return any(sign in error.output for sign in UNREACHABLE)


def last_line(error):
    """Return the last line that a failed command printed."""
    lines = [line.strip() for line in error.output.splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"


def give_up(error):
    """End with one sentence about a failed command."""
    if is_unreachable(error):
        sys.exit("The Python package index could not be reached: check the network or the proxy,"
                 " then run the same command again (details in .boot/setup.log).")
    if "ensurepip" in error.output:
        package = "python{}.{}-venv".format(*sys.version_info)
        sys.exit("This Python cannot make virtual environments: install its venv package (on Debian"
                 f" and Ubuntu: sudo apt install {package}), then run the same command again.")
    sys.exit("The set-up failed (details in .boot/setup.log): " + last_line(error))


def boot_uv():
    """Return uv's path, having installed it into .boot if need be; None when pip is to be used."""
    if os.environ.get("COURSE_NO_UV"):
        print("COURSE_NO_UV is set: using pip, which is slower than uv.", flush=True)
        return None
    try:
        run(UV_PROGRAM, "--version")
        return UV_PROGRAM
    except (OSError, subprocess.CalledProcessError):
        pass  # not there yet, or left half-made by an interrupted set-up
    try:
        run(sys.executable, *PIP_INSTALL[1:], "--upgrade", "--target", BOOT, "--require-hashes",
            "-r", UV)
        return UV_PROGRAM
    except subprocess.CalledProcessError as error:
        if is_unreachable(error):
            give_up(error)
        print(f"uv is not to be had here ({last_line(error)}): using pip, which is slower.",
              flush=True)
        return None


def install(by_uv, by_pip):
    """Run uv's commands; when there is no uv or one of them fails, run pip's instead."""
    BOOT.mkdir(exist_ok=True)
    LOG.write_text("", encoding="utf-8")
    uv = boot_uv()
    try:
        for command in by_uv if uv else ():
            run(uv, *command)
    except subprocess.CalledProcessError as error:
        print(f"uv did not succeed ({last_line(error)}): using pip, which is slower.", flush=True)
        uv = None
    try:
        for command in () if uv else by_pip:
            run(*command)
    except subprocess.CalledProcessError as error:
        give_up(error)


def make_environment():
    """Make .venv, unless it is finished for this lock, this Python and this folder."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    stamp = "{} python{}.{} {}".format(lock, *sys.version_info[:2], ROOT)
    if VENV_PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == stamp:
        return
    print(f"Setting up .venv with Python {platform.python_version()}, once: about 2 GB on disk.",
          flush=True)
    python = sys._base_executable  # in an activated .venv, its own is about to be replaced
    install(by_uv=[("venv", "--seed", "--clear", "--python", python, VENV),
                   (*UV_INSTALL, "--require-hashes", "--compile-bytecode", "-r", LOCK),
                   (*UV_INSTALL, *COURSE_LIB)],
            by_pip=[(python, "-m", "venv", "--clear", VENV),
                    (*PIP_INSTALL, "--require-hashes", "-r", LOCK),
                    (*PIP_INSTALL, *COURSE_LIB)])
    STAMP.write_text(stamp, encoding="utf-8")
    start = f"{VENV_PYTHON.relative_to(ROOT)} {Path('tools', 'learner_copies.py')} lab"
    print(f"Set-up finished. Without make, the course starts with: {start}", flush=True)


def write_settings():
    """Give JupyterLab the course's settings, which it reads from .venv: no news, long lines wrap.
    """
    target = VENV / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    if not target.exists() or target.read_bytes() != SETTINGS.read_bytes():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(SETTINGS), str(target))


def add_torch():
    """Install PyTorch's CPU build into .venv, unless it is there."""
    import tomllib  # Python 3.11 has it, older ones have been sent away by now

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (torch,) = project["optional-dependencies"]["torch"]  # "torch==..."
    found = "importlib.metadata.version('torch').split('+')[0]"
    question = f"import importlib.metadata; assert {found} == '{torch[7:]}'"
    if subprocess.call([str(VENV_PYTHON), "-c", question], stderr=subprocess.DEVNULL):
        print(f"Installing {torch} (CPU) into .venv.", flush=True)
        install(by_uv=[(*UV_INSTALL, "--torch-backend", "cpu", torch)],
                by_pip=[(*PIP_INSTALL, torch)])


def main(arguments):
    """Check the Python, then do what was asked."""
    if arguments not in ([], ["torch"]):
        sys.exit(f"setup_env.py was given {' '.join(arguments)}; it accepts nothing, or the word"
                 " torch.")
    version, implementation = sys.version_info[:2], platform.python_implementation()
    python = other_python() if unsuitable(version, implementation) else None
    if python:
        sys.exit(subprocess.call([python, __file__, *arguments]))
    complaint = unsuitable(version, implementation, platform.system(), platform.machine())
    if complaint:
        sys.exit(complaint)
    make_environment()
    write_settings()
    if arguments:
        add_torch()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.exit(f"The set-up failed: {error}.")
    except KeyboardInterrupt:
        sys.exit("Interrupted: run the same command again to finish the set-up.")
