"""Write a file whole or not at all: whoever reads it sees the old contents or the new ones, never a
part.

Notebooks: none directly.
"""
import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_whole(path, data):
    """Write `data`, text or bytes, to the file `path`, and make its folder if there is none.

    Text is UTF-8, with line ends as they are. A kill, a full disk or a second writer leaves a whole
    file behind. Raises OSError in one sentence that names the path; the old file is then as it was.
    """
    path = Path(path)
    data = data.encode("utf-8") if isinstance(data, str) else data
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise _told(path, error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(
                file.fileno()
            )  # before the old file is given up, the new one must be on the disk
        _keep_mode(path, part)
        os.replace(part, path)
    except OSError as error:
        raise _told(path, error) from None
    finally:
        with suppress(OSError):
            os.unlink(part)


def _keep_mode(path, part):
    """Give the new file the permissions of the old one, or those of any new file: mkstemp lets only
    its owner read.
    """
    try:
        mode = path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    os.chmod(part, mode)


def _told(path, error):
    reason = error.strerror or type(error).__name__
    return OSError(
        error.errno, f"{path} could not be written ({reason}); what was there before is unchanged"
    )
