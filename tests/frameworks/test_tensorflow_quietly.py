"""TensorFlow's import: notices vanish, all else stays visible. Fakes replace TensorFlow where they
can.
"""
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTICES = """\
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795231989.957364    4049 port.cc:153] oneDNN custom operations are on.
W0000 00:00:1795231989.957364    4049 computation_placer.cc:177] computation placer already registered.
E0000 00:00:1736841518.537290   68237 cuda_dnn.cc:8310] Unable to register cuDNN factory: already registered
2025-02-09 09:37:32.334610: E external/xla/cuda/cuda_fft.cc:607] Unable to register cuFFT factory: already
2025-02-09 09:37:32.343117: I tensorflow/core/platform/cpu_feature_guard.cc:182] This TensorFlow binary is
To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.
2025-02-09 09:37:33.337631: W tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning: Could not find TensorRT
2026-01-09 09:37:33.337631: E tensorflow/cuda/cuda_driver.cc:313] failed call to cuInit: UNKNOWN ERROR (303)

"""
NEWS = """\
E0000 00:00:1736841518.537290   68237 device.cc:12] the device is on fire
2026-01-09 09:37:33.337631: E tensorflow/core/graph.cc:1] no graph
F0000 00:00:1736841518.537290   68237 cpu.cc:12] this processor lacks AVX
a plain line; caf\u00e9
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Write a `tensorflow` with the given code, first on the path; temporary files go to their own
    folder.
    """
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "fake"))
    monkeypatch.setenv("PYTHONUTF8", "1")
    for name in ("TF_CPP_MIN_LOG_LEVEL", "PYTHONUNBUFFERED"):
        monkeypatch.delenv(name, raising=False)
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path / "temp"))
    (tmp_path / "fake").mkdir()
    (tmp_path / "temp").mkdir()

    def write(code, text="", at_devices=""):
        (tmp_path / "fake" / "tensorflow.py").write_text(
            f"import os, types\ntext = {text!r}\n{code}\n"
            f"config = types.SimpleNamespace(list_physical_devices=lambda: [{at_devices}])\n",
            encoding="utf-8")

    return write


def run(code):
    """Run `code` in a fresh Python after importing `import_tensorflow`."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            f"from course_lib.frameworks.tensorflow_quietly import import_tensorflow\n{code}",
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=200,
    )


def temporary(tmp_path):
    return list((tmp_path / "temp").glob("tensorflow-import-*.log"))


def test_the_real_tensorflow_says_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    done = run(
        "tf = import_tensorflow(); import keras; print(keras.__name__, (tf.ones(3) + 1).numpy())"
    )
    assert (done.stdout, done.stderr, done.returncode) == ("keras [2. 2. 2.]\n", "", 0)
    assert not list(tmp_path.glob("tensorflow-import-*"))


def test_notices_vanish_and_news_stays(fake, tmp_path):
    fake("os.write(2, text.encode() + bytes([255]))", NOTICES + NEWS + NOTICES)
    done = run("import_tensorflow()")
    assert (done.stderr, done.returncode) == (NEWS + "\ufffd\n", 0)
    assert not temporary(tmp_path)


def test_the_search_for_devices_is_part_of_the_import(fake):
    fake("", NOTICES + NEWS, at_devices="os.write(2, text.encode())")
    done = run("import_tensorflow()")
    assert (done.stderr, done.returncode) == (NEWS, 0)


def test_a_failing_import_shows_all_it_wrote_and_its_exception(fake, tmp_path):
    fake("os.write(2, text.encode()); raise ImportError('libfoo.so is missing')", NOTICES + NEWS)
    done = run("import_tensorflow()")
    assert done.returncode == 1
    assert done.stderr.startswith(NOTICES + NEWS)
    assert done.stderr.endswith("ImportError: libfoo.so is missing\n")
    assert not temporary(tmp_path)


def test_a_dying_import_leaves_what_it_wrote(fake, tmp_path):
    fake("os.write(2, text.encode()); os._exit(3)", NEWS)
    assert run("import_tensorflow()").returncode == 3
    (log,) = temporary(tmp_path)
    assert log.read_text(encoding="utf-8") == NEWS


def test_python_warnings_during_the_import_stay(fake):
    fake("import warnings; warnings.warn('old protobuf')")
    assert "old protobuf" in run("import_tensorflow()").stderr


@pytest.mark.parametrize(("given", "expected"), [(None, "2"), ("0", "0")])
def test_the_users_log_level_is_left_alone(fake, monkeypatch, given, expected):
    if given is not None:
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", given)
    fake("level = os.environ['TF_CPP_MIN_LOG_LEVEL']")
    assert run("print(import_tensorflow().level)").stdout == f"{expected}\n"


def test_a_stderr_without_descriptor_gets_the_news_and_the_descriptor_is_restored(fake):
    fake("os.write(2, text.encode())", NOTICES + NEWS)
    done = run("import io, os, sys\nsys.stderr = io.StringIO()\nimport_tensorflow()\n"
               "os.write(2, b'restored')\nsys.stdout.buffer.write(sys.stderr.getvalue().encode())")
    assert (done.stdout, done.stderr) == (NEWS, "restored")


def test_a_process_without_stderr_imports_too(fake):
    fake("")
    done = run("import os, sys\nsys.stderr = None\nos.close(0)\nos.close(2)\n"
               "print(import_tensorflow().__name__)")
    assert (done.stdout, done.returncode) == ("tensorflow\n", 0)


def test_it_works_in_a_notebook(fake, monkeypatch):
    monkeypatch.delenv(
        "PYTEST_CURRENT_TEST"
    )  # where it is set, ipykernel leaves file descriptor 2 alone
    fake("os.write(2, text.encode())", NOTICES + NEWS)
    code = "from course_lib.frameworks.tensorflow_quietly import import_tensorflow\nimport_tensorflow().__name__"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, timeout=60).execute()
    shown = {
        output.get("name", output["output_type"]): output for output in notebook.cells[0].outputs
    }
    assert shown["execute_result"]["data"]["text/plain"] == "'tensorflow'"
    assert shown["stderr"]["text"] == NEWS


KERAS = "from course_lib.frameworks.tensorflow_quietly import import_keras\n"


def test_another_backend_is_named_and_set_aside(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    done = run(KERAS + "print(import_keras().backend.backend())")
    assert done.stdout.startswith("KERAS_BACKEND is 'jax': it is set to tensorflow here")
    assert done.stdout.splitlines()[-1] == "tensorflow"


def test_legacy_keras_does_not_matter(monkeypatch):
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "1")
    done = run(KERAS + "print(import_keras().__version__)")
    assert done.stdout.startswith("3."), done.stderr


def test_a_keras_that_runs_on_another_backend_or_is_old_gets_one_sentence():
    fake = ("import sys, types\n"
            "sys.modules['keras'] = types.SimpleNamespace(__version__='3.12.1', "
            "backend=types.SimpleNamespace(backend=lambda: {!r}))\n")
    done = run(KERAS + fake.format("torch") + "import_keras()")
    assert "RuntimeError: Keras already runs on 'torch', accepted is 'tensorflow'" in done.stderr
    done = run(KERAS + fake.format("tensorflow") + "import_keras()")
    assert done.stdout == ("Keras 3.12.1 is older than 3.15, for which the cells are written: "
                           "some numbers may differ\n")


def test_a_missing_tensorflow_is_one_sentence_that_says_how_to_add_it():
    code = ("import sys\n"
            "import importlib.util\n"
            "real = importlib.util.find_spec\n"
            "importlib.util.find_spec = lambda name, *a: None if name == 'tensorflow' else real(name, *a)\n"
            "from course_lib.frameworks.tensorflow_quietly import import_keras\n"
            "import_keras()\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: this needs TensorFlow, which is not installed here: run")
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    wanted = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["optional-dependencies"]["keras"]
    named = re.findall(r'"([^"]+)"', last)
    assert len(named) == 2 and set(named) <= {line.split(";")[0] for line in wanted}
