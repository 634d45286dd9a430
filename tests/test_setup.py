"""The set-up: Python versions, interruptions, no network, the lock, the files that describe the
project.
"""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import SimpleNamespace

import learner_copies
import pytest
import setup_env
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
REQUIRES_PYTHON = SpecifierSet(PROJECT["requires-python"])
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="uses shell scripts")


# The Python that starts the set-up


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_the_three_accepted_pythons(version):
    assert setup_env.unsuitable(version, "CPython", "Linux", "x86_64") is None


@pytest.mark.parametrize(("python", "named"), [
    (((3, 10), "CPython"), "This is CPython 3.10; the course needs CPython 3.11, 3.12 or 3.13"),
    (((3, 14), "CPython"), "This is CPython 3.14; the course needs"),
    (((3, 6), "CPython"), "This is CPython 3.6; the course needs"),
    (((3, 11), "PyPy"), "This is PyPy 3.11; the course needs"),
    (((3, 12), "CPython", "Darwin", "x86_64"), "This is CPython 3.12 for Intel Macs"),
])
def test_another_python_gets_one_sentence(python, named):
    sentence = setup_env.unsuitable(*python)
    assert sentence.startswith(named)
    assert "\n" not in sentence


def test_accepted_pythons_are_those_of_pyproject():
    found = {(3, minor) for minor in range(6, 30) if f"3.{minor}.5" in REQUIRES_PYTHON}
    assert found == set(setup_env.ACCEPTED)


def test_setup_parses_on_python_3_6():
    ast.parse(Path(setup_env.__file__).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_hands_over_to_an_accepted_one(monkeypatch):
    calls = []
    monkeypatch.setattr(setup_env.sys, "version_info", (3, 10, 13, "final", 0))
    monkeypatch.setattr(setup_env, "other_python", lambda: "/somewhere/python3.12")
    monkeypatch.setattr(setup_env.subprocess, "call", lambda command: calls.append(command) or 7)
    with pytest.raises(SystemExit) as end:
        setup_env.main(["torch"])
    assert end.value.code == 7
    assert calls == [["/somewhere/python3.12", setup_env.__file__, "torch"]]


def test_an_old_python_alone_ends_with_the_sentence(monkeypatch):
    monkeypatch.setattr(setup_env.sys, "version_info", (3, 10, 13, "final", 0))
    monkeypatch.setattr(setup_env, "other_python", lambda: None)
    with pytest.raises(SystemExit, match=r"This is CPython 3\.10; the course needs"):
        setup_env.main([])


@POSIX_ONLY
@pytest.mark.parametrize(
    ("programs", "chosen"),
    [
        ({"python3.13": "exit 1", "python3.12": f'exec "{sys.executable}" "$@"'}, None),
        (
            {f"python3.{sys.version_info[1]}": f'exec "{sys.executable}" "$@"'},
            f"python3.{sys.version_info[1]}",
        ),
        ({}, None),
    ],
    ids=["a shim that refuses, a wrong version", "an accepted one", "none"],
)
def test_only_a_python_that_runs_and_is_what_it_says_is_chosen(
    tmp_path, monkeypatch, programs, chosen
):
    if chosen is None and sys.version_info[1] == 12:
        programs.pop("python3.12", None)
    for name, body in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert setup_env.other_python() == (chosen and str(tmp_path / chosen))


def test_an_unknown_word_is_named():
    with pytest.raises(
        SystemExit, match="was given pytorch; it accepts nothing, or the word torch"
    ):
        setup_env.main(["pytorch"])


# Making .venv, with a stand-in for the commands


@pytest.fixture
def copy(tmp_path):
    """setup_env, loaded from a folder of its own."""
    folder = tmp_path / "a course"
    (folder / "tools").mkdir(parents=True)
    for name in ("tools/setup_env.py", "tools/jupyterlab_overrides.json", "tools/uv.txt",
                 "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    spec = importlib.util.spec_from_file_location("setup_env_copy", folder / "tools/setup_env.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def fake(copy, monkeypatch):
    """Replace what runs commands: fake.commands lists them, fake.failing maps a word in one to its
    error.
    """
    fake = SimpleNamespace(commands=[], failing={})

    def run(*command):
        text = " ".join(map(str, command))
        for word, error in fake.failing.items():
            if word in text:
                raise error
        fake.commands.append(text)
        if " venv " in text:
            copy.VENV_PYTHON.parent.mkdir(parents=True, exist_ok=True)
            copy.VENV_PYTHON.touch()

    monkeypatch.delenv("COURSE_NO_UV", raising=False)
    monkeypatch.setattr(copy, "run", run)
    return fake


def failure(output, returncode=1):
    return subprocess.CalledProcessError(returncode, ["command"], output)


def test_the_second_call_does_nothing(copy, fake):
    copy.make_environment()
    version, venv, packages, course_lib = fake.commands
    assert (" --version" in version) and (" venv " in venv) and course_lib.endswith("-e .")
    assert "--require-hashes" in packages and packages.endswith("requirements.lock")
    fake.commands.clear()
    copy.make_environment()
    assert fake.commands == []


@pytest.mark.parametrize("what", ["lock", "python", "folder", "interpreter"])
def test_it_installs_again_when_something_changed(copy, fake, monkeypatch, what):
    copy.make_environment()
    fake.commands.clear()
    if what == "lock":
        copy.LOCK.write_text("numpy==1.0\n")
    elif what == "python":
        monkeypatch.setattr(copy.sys, "version_info", (3, 99, 0, "final", 0))
    elif what == "folder":
        monkeypatch.setattr(copy, "ROOT", copy.ROOT.parent)
    else:
        copy.VENV_PYTHON.unlink()
    copy.make_environment()
    assert len(fake.commands) == 4


@pytest.mark.parametrize("where", [" venv ", "requirements.lock", "-e ."])
def test_an_interrupted_set_up_is_not_taken_for_finished(copy, fake, where):
    fake.failing = {where: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        copy.make_environment()
    assert not copy.STAMP.exists()
    fake.failing = {}
    fake.commands.clear()
    copy.make_environment()
    assert len(fake.commands) == 4
    assert copy.STAMP.exists()


def test_a_finished_set_up_says_how_to_begin_in_ones_own_copies(copy, fake, capsys):
    copy.make_environment()
    program, script, word = capsys.readouterr().out.split("the course starts with: ")[1].split()
    assert copy.ROOT / program == copy.VENV_PYTHON
    assert (ROOT / script).is_file() and word in learner_copies.COMMANDS


@pytest.mark.parametrize("before", [None, "{", "the same"])
def test_jupyterlab_gets_the_courses_settings_also_in_an_old_environment(
    copy, fake, monkeypatch, before
):
    """`main` writes them whether or not there is anything else to do, and not a second time."""
    monkeypatch.setattr(copy, "unsuitable", lambda *python: None)
    copy.main([])
    settings = copy.VENV / "share/jupyter/lab/settings/overrides.json"
    if before is None:
        settings.unlink()
    elif before == "{":
        settings.write_text(before)  # half written
    else:
        os.utime(settings, (1, 1))
    copy.main([])
    assert settings.read_bytes() == (ROOT / "tools/jupyterlab_overrides.json").read_bytes()
    assert (settings.stat().st_mtime == 1) == (before == "the same")


def test_jupyterlab_knows_every_setting_and_none_asks_for_news():
    given = json.loads((ROOT / "tools/jupyterlab_overrides.json").read_text(encoding="utf-8"))
    schemas = Path(sys.prefix, "share/jupyter/lab/schemas")
    if not schemas.exists():
        pytest.skip("JupyterLab is not installed in this environment")
    for plugin, values in given.items():
        extension, name = plugin.split(":")
        schema = json.loads((schemas / extension / f"{name}.json").read_text(encoding="utf-8"))
        assert set(values) <= set(schema["properties"])
        for key in values:
            wanted = schema["properties"][key]
            assert {"boolean": bool, "string": str, "object": dict}[wanted["type"]] is type(values[key])
            allowed = [option["const"] for option in wanted.get("oneOf", [])]
            assert not allowed or values[key] in allowed
            if wanted["type"] == "object":
                assert set(values[key]) <= set(wanted["default"])
    flat = {key: value for values in given.values() for key, value in values.items()}
    assert (flat["fetchNews"], flat["checkForUpdates"]) == ("false", False)
    assert flat["codeCellConfig"] == {"lineNumbers": False, "lineWrap": True}


def test_pip_does_it_when_uv_cannot_be_installed(copy, fake, capsys):
    fake.failing = {
        "--version": FileNotFoundError(),
        setup_env.UV.name: failure("ERROR: No such package\n"),
    }
    copy.make_environment()
    assert "uv is not to be had here (ERROR: No such package): using pip" in capsys.readouterr().out
    assert ["-m venv" in text for text in fake.commands] == [True, False, False]
    assert ["-m pip" in text for text in fake.commands] == [False, True, True]
    assert "--require-hashes" in fake.commands[1]


def test_pip_does_it_when_uv_fails(copy, fake, capsys):
    fake.failing = {"--compile-bytecode": failure("Resolved\nerror: no such file\n")}
    copy.make_environment()
    assert "uv did not succeed (error: no such file): using pip" in capsys.readouterr().out
    assert [" -m " in text for text in fake.commands] == [False, False, True, True, True]


def test_pip_does_it_when_asked(copy, fake, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_NO_UV", "1")
    copy.make_environment()
    assert "COURSE_NO_UV is set" in capsys.readouterr().out
    assert [" -m " in text for text in fake.commands] == [True, True, True]


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (
            "The virtual environment was not created because ensurepip is not available.\n",
            "apt install python3.",
        ),
        (
            "Installing\nERROR: disk full\n",
            "The set-up failed (details in .boot/setup.log): ERROR: disk full",
        ),
        ("", "it printed nothing"),
    ],
)
def test_what_pip_cannot_do_is_one_sentence(copy, fake, monkeypatch, output, sentence):
    monkeypatch.setenv("COURSE_NO_UV", "1")
    fake.failing = {" venv ": failure(output)}
    with pytest.raises(SystemExit) as end:
        copy.make_environment()
    assert sentence in end.value.code
    assert "\n" not in end.value.code
    assert not copy.STAMP.exists()


def test_torch_is_the_version_of_pyproject_and_pip_is_the_second_choice(copy, fake, monkeypatch):
    monkeypatch.setattr(
        copy.subprocess, "call", lambda *command, **options: 1
    )  # PyTorch is not there
    fake.failing = {"--torch-backend": failure("error: client error (Connect)\n")}
    copy.add_torch()
    (torch,) = PROJECT["optional-dependencies"]["torch"]
    assert fake.commands[-1].endswith(f"-m pip install --retries 2 {torch}")
    monkeypatch.setattr(copy.subprocess, "call", lambda *command, **options: 0)  # now it is
    fake.commands.clear()
    copy.add_torch()
    assert fake.commands == []


@pytest.mark.parametrize("no_uv", ["", "1"])
def test_no_network_is_one_sentence(copy, no_uv):
    nowhere = "http://127.0.0.1:9/simple"
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))
    }
    env.update(
        PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL=nowhere, UV_INDEX_URL=nowhere, COURSE_NO_UV=no_uv
    )
    command = [sys.executable, copy.__file__]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(
        "The Python package index could not be reached: check the network"
    )
    assert ("using pip" in done.stdout) == bool(no_uv), "pip has no other network than uv"
    assert not copy.STAMP.exists()


# The lock


SYSTEMS = {
    "Linux": ("linux", "Linux", "x86_64"),
    "ARM Linux": ("linux", "Linux", "aarch64"),
    "Mac": ("darwin", "Darwin", "arm64"),
    "Windows": ("win32", "Windows", "AMD64"),
}


def pins(env):
    """Return the lock's (name, version) pairs for one system and Python."""
    lines = [line.removesuffix(" \\") for line in LOCK.splitlines() if line and line[0] not in " #"]
    requirements = map(Requirement, lines)
    return [(r.name, str(r.specifier).removeprefix("==")) for r in requirements if applies(r, env)]


def locked_extras():
    """Return the extras that `make lock` resolves."""
    return re.search(r"^LOCKED := (.+)$", MAKEFILE, flags=re.M)[1].split()


def locked_requirements():
    extras = PROJECT["optional-dependencies"]
    return PROJECT["dependencies"] + [line for name in locked_extras() for line in extras[name]]


def applies(requirement, env):
    return requirement.marker is None or requirement.marker.evaluate(env)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_lock_gives_every_system_what_pyproject_asks_for(system, python):
    sys_platform, platform_system, platform_machine = SYSTEMS[system]
    env = {
        "python_version": python,
        "python_full_version": python + ".5",
        "sys_platform": sys_platform,
        "platform_system": platform_system,
        "platform_machine": platform_machine,
    }
    versions = dict(pins(env))
    assert len(versions) == len(pins(env)), "a package is pinned twice for one system"
    for wanted in map(Requirement, locked_requirements()):
        if applies(wanted, env):
            assert wanted.name in versions, f"{wanted.name} is not in the lock: run `make lock`"
            assert versions[wanted.name] in wanted.specifier, (
                f"{wanted} is not locked: run `make lock`"
            )
    assert "torch" not in versions
    flavours = [name for name in versions if name in ("tensorflow", "tensorflow-cpu")]
    assert flavours == ["tensorflow-cpu" if system in ("Linux", "Windows") else "tensorflow"]


def test_every_extra_but_three_is_locked_and_every_package_stands_in_one_place():
    assert {*locked_extras(), "torch", "browser", "class"} == set(PROJECT["optional-dependencies"])
    lines = locked_requirements()
    assert len(lines) == len({(Requirement(line).name) for line in lines})
    assert [line for line in lines if ">=" not in line] == [], "no floor to test"


def test_the_lock_has_a_hash_for_every_pin_and_no_address():
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.M)[1:]
    assert len(blocks) > 100
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall("://|--index|--extra-index|--find-links|file:", LOCK) == []


# The files that describe the project


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_environment_yml_is_an_accepted_python_and_the_lock():
    python, pip, packages = read_yaml("environment.yml")["dependencies"]
    name, version = python.split("=")
    assert name == "python"
    assert f"{version}.5" in REQUIRES_PYTHON
    assert pip == "pip"
    assert packages == {"pip": ["-r requirements.lock"]}


def versions(text):
    return dict(re.findall(r"^([\w.-]+)==([^ ;]+)", text, flags=re.M))


def test_binder_s_light_environment_is_a_part_of_the_lock_without_tensorflow():
    light, whole = versions((ROOT / ".binder/requirements.txt").read_text(encoding="utf-8")), versions(LOCK)
    assert light.items() <= whole.items() and len(whole) - len(light) > 40
    assert not [name for name in light if re.match("tensorflow|keras|torch|sphinx|pytest", name)]
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]]
    assert {re.match(r"[\w.-]+", line)[0] for line in wanted} | {"setuptools"} <= set(light)
    assert (ROOT / ".binder/runtime.txt").read_text(encoding="utf-8") == "python-3.12\n"


def test_citation_and_licences_agree_with_pyproject():
    citation = read_yaml("CITATION.cff")
    assert citation["version"] == PROJECT["version"]
    assert " AND ".join(citation["license"]) == PROJECT["license"]
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "CC BY 4.0" in (ROOT / "LICENSE-TEXT").read_text(encoding="utf-8")


def make_targets():
    return set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.M)[1].split())


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_alone_lists_every_target():
    command = [
        "make",
        "--no-print-directory",
    ]  # which `make test`, running this, would have it print
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in printed.splitlines()} == make_targets() - {"setup"}


def commands(job):
    return [step["run"].strip() for step in job["steps"] if "run" in step]


def test_the_workflow_runs_what_ci_run_runs_on_accepted_pythons():
    workflow = read_yaml(".github/workflows/ci.yml")
    triggers = workflow[True]  # YAML 1.1 reads the key `on` as true
    assert set(triggers) == {"push", "pull_request", "schedule", "workflow_dispatch"}
    jobs = workflow["jobs"]
    run = (ROOT / ".ci/run").read_text(encoding="utf-8")
    in_ci_run = re.findall(r"^make [a-z-]+", run, flags=re.M)
    assert in_ci_run == ["make lint", "make test", "make test-torch"]
    assert commands(jobs["everything"])[:2] == in_ci_run[1:]
    assert commands(jobs["floors"]) == ["make test-floors"]
    assert {"lint", "test", "test-torch", "test-floors"} < make_targets()
    linux = jobs["everything"]["strategy"]["matrix"]["python"]
    elsewhere = jobs["other-systems"]["steps"][1]["with"]["python-version"]
    assert sorted([*linux, elsewhere]) == ["3.11", "3.12", "3.13"]


def test_the_workflow_lints_first_and_alone_with_the_locked_ruff():
    jobs = read_yaml(".github/workflows/ci.yml")["jobs"]
    install, check = commands(jobs["lint"])
    pattern = re.search(r"grep -o '(.+)' requirements.lock", install)[1]
    assert len(re.findall(pattern, LOCK, flags=re.M)) == 1
    (recipe,) = re.findall(r"^lint:.*\n\t\$\(VENV_PYTHON\) (.+)$", MAKEFILE, flags=re.M)
    assert check == f"python {recipe}"
    after_lint = {name for name in jobs if jobs[name].get("needs") == "lint"}
    assert after_lint == set(jobs) - {"lint", "links"}


@POSIX_ONLY
@pytest.mark.parametrize("name", [".ci/run", "postBuild", ".binder/postBuild"])
def test_scripts_can_be_run(name):
    assert os.access(ROOT / name, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / name], check=True)


@POSIX_ONLY
def test_binder_gets_course_lib_the_settings_and_copies_of_the_notebooks(tmp_path):
    """postBuild, with a stand-in for Python that notes how it was called."""
    (tmp_path / "python").write_text('#!/bin/sh\necho "$@" >> "$CALLS"\n'
                                     '[ "$1" != -c ] || echo "$CALLS-prefix"\n')
    (tmp_path / "python").chmod(0o755)
    calls = tmp_path / "the calls"
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls)}
    subprocess.run(["bash", ROOT / "postBuild"], cwd=ROOT, env=env, check=True)
    settings = Path(f"{calls}-prefix/share/jupyter/lab/settings/overrides.json")
    assert settings.read_bytes() == (ROOT / "tools/jupyterlab_overrides.json").read_bytes()
    install, prefix, copies = calls.read_text().splitlines()
    assert install.endswith("-e .") and prefix.startswith("-c")
    assert copies == "tools/learner_copies.py"


def test_make_lab_and_update_are_commands_of_the_script():
    words = re.findall(r"^\t@.*tools/learner_copies\.py (\w+)", MAKEFILE, flags=re.M)
    assert words == ["lab", "update"] and set(words) <= set(learner_copies.COMMANDS)
    assert re.search(r"^lab: setup ", MAKEFILE, flags=re.M)
    assert "/my/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_a_wheel_holds_every_room_style_and_result(tmp_path):
    """Also what is no Python: a package that setuptools was not told of would be missing."""
    source = tmp_path / "source"
    left_out = shutil.ignore_patterns("__pycache__", "*.jsonl", "*.lock", "*.part")
    shutil.copytree(ROOT / "course_lib", source / "course_lib", ignore=left_out)
    for name in ("pyproject.toml", "README.md", *PROJECT["license-files"]):
        shutil.copy(ROOT / name, source / name)
    offline = ["--no-index", "--no-deps", "--no-build-isolation"]
    command = [sys.executable, "-m", "pip", "wheel", "-q", *offline, "-w", tmp_path, source]
    subprocess.run(command, check=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("course_lib/")}
        (metadata,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        metadata = archive.read(metadata).decode("utf-8")
    files = [path for path in (source / "course_lib").rglob("*") if path.is_file()]
    assert packed == {path.relative_to(source).as_posix() for path in files}
    runtime = re.findall(r"^Requires-Dist: ([^;\n]+)$", metadata, flags=re.M)
    assert {Requirement(line).name for line in runtime} == {
        Requirement(line).name for line in PROJECT["dependencies"]
    }


def test_tracked_files_name_no_machine_path_and_no_package_index():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git repository, so it cannot be told which files belong to the course")
    command = ["git", "ls-files", "-coz", "--exclude-standard"]  # also those about to be added
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = "|".join(["work", "root", "home", "Users"])
    hosts = "|".join(["pypi", "pythonhosted", "download.pytorch", "anaconda", "npmjs"])
    forbidden = re.compile(rf"(?<![\w./])/({folders})/|\b({hosts})\.(org|com)\b")
    found = []
    for name in filter(None, names.split("\0")):
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in content:
            found += [f"{name}: {hit[0]}" for hit in forbidden.finditer(content.decode("utf-8"))]
    assert found == []


def test_every_action_of_a_workflow_is_pinned_to_a_commit_and_says_its_version():
    lines = [line.strip() for file in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
             for line in file.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.fullmatch(r"(- )?uses: [\w./-]+@[0-9a-f]{40}  # v\d+(\.\d+)+(; .+)?", line), line


def test_the_installer_is_pinned_by_hash_too():
    first, *hashes = [line.strip(" \\") for line in setup_env.UV.read_text(encoding="utf-8").splitlines()
                      if not line.startswith("#")]
    assert re.fullmatch(r"uv==[\d.]+", first)
    assert hashes and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes)
