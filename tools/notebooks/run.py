"""Run a notebook in a kernel of its own, and say in one sentence what went wrong."""
import base64
import io
import os
import re
import tempfile
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image

from tools.notebooks.source import words_for

MACHINE_PATH = re.compile(
    r"(?<![\w.])(?:/(?:home|root|tmp|Users|private|var|work)/|[A-Z]:\\+Users)[^\s'\"]*"
)
WIDGET = "application/vnd.jupyter.widget-view+json"
TIMEOUT = 300  # seconds for one cell


class BuildError(Exception):
    """A notebook that cannot be built: one sentence."""


def texts(cell):
    """Return the cell's text outputs."""
    outputs = cell.get("outputs", [])
    data = [
        text
        for out in outputs
        for kind, text in out.get("data", {}).items()
        if kind.startswith("text/")
    ]
    return data + [out.text for out in outputs if out.output_type == "stream"]


def wrong_output(cell):
    """Return what went wrong in an executed cell, or None."""
    outputs = cell.get("outputs", [])
    errors = [out for out in outputs if out.output_type == "error"]
    noise = [out.text for out in outputs if out.get("name") == "stderr"]
    if errors:
        return f"raises {errors[0].ename}: {errors[0].evalue}"
    return f"writes to stderr: {noise[0].strip()}" if noise else None


def machine_path(cell):
    """Return which path of this machine an executed cell prints, in words, or None."""
    paths = [path[0] for text in texts(cell) for path in MACHINE_PATH.finditer(text)]
    return f"prints a path of this machine: {paths[0]}" if paths else None


def inspect(notebook, fault):
    """Raise a BuildError that names the first cell for which fault(cell) is not None."""
    for number, cell in enumerate(notebook.cells, 1):
        if fault(cell):
            raise BuildError(f"{words_for(cell)}, number {number}, {' '.join(fault(cell).split())}")


def execute(notebook, folder, **environment):
    """Run all cells of the notebook in place. BuildError for an error or a line on stderr."""
    fault = None
    with tempfile.TemporaryDirectory() as temporary:
        own = {"TQDM_DISABLE": "1", "COURSE_PROGRESS": str(Path(temporary, "progress.json")),
               "IPYTHONDIR": temporary, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        client = NotebookClient(
            notebook,
            timeout=TIMEOUT,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            client.execute(env={**os.environ, **own, **environment})
        except CellExecutionError:
            pass  # the cell's output says it, below
        except (CellTimeoutError, DeadKernelError) as error:
            fault = str(error).splitlines()[0]
    drop_widgets(notebook)
    notebook.metadata["language_info"] = {"name": "python"}
    inspect(notebook, wrong_output)
    if fault:
        raise BuildError(f"it did not run to the end: {fault}")


def drop_widgets(notebook):
    """Drop what a panel leaves behind: without its kernel it is dead, and its name is another one
    in every run.
    """
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if WIDGET not in out.get("data", {})]


def slim(notebook):
    """Store every figure with at most 256 colours, which a drawing does not miss: less than half
    the size.
    """
    for cell in notebook.cells:
        for data in [
            out.data for out in cell.get("outputs", []) if "image/png" in out.get("data", {})
        ]:
            image = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB")
            small = io.BytesIO()
            image.quantize(256, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
            data["image/png"] = base64.b64encode(small.getvalue()).decode()
