"""What the sweeps share: the real images, and a result that is written whole or not at all."""
import json

from course_lib.data import datasets
from course_lib.files import write_whole


def real_mnist():
    """Return MNIST, split; SystemExit with one sentence where only the embedded digits are to be
    had.
    """
    images = datasets.load_mnist()
    if images.name != "mnist":
        raise SystemExit(
            "the sweep needs the real MNIST images: set COURSE_MNIST to an mnist.npz with them"
        )
    return datasets.split(images)


def write(path, result):
    """Write a result as JSON."""
    write_whole(path, json.dumps(result, indent=1) + "\n")
