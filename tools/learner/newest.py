"""git pull, in one sentence. Standard library only, for any Python 3."""
import os
import subprocess

REASONS = (  # words of git's message, and what to say
    (("would be overwritten", "local changes", "uncommitted changes",
      "unstaged changes"),
     "some of the course's own files were edited here. `git stash` puts those edits aside"
     " (`git stash pop` brings them back); then run this again"),
    (("fast-forward", "diverg"),
     "this clone has commits of its own. `git pull --rebase` puts them on top of the new version;"
     " then run this again"),
    (("resolve host", "unable to access", "read from remote", "connect", "timed out",
      "does not appear to be a git repository", "does not exist", "not found"),
     "the place that this clone comes from could not be reached. Check the network, then run this"
     " again"),
)


def git(root, *arguments):
    """Run git in the course's folder; return its exit code and all that it printed."""
    env = dict(os.environ, LC_ALL="C", GIT_TERMINAL_PROMPT="0")
    with subprocess.Popen(["git", *arguments], cwd=str(root), env=env, encoding="utf-8",
                          errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as process:
        printed = process.communicate()[0].strip()
    return process.returncode, printed


def pull(root):
    """Fetch the newest version of the course, where this folder is a clone with an upstream; return
    one sentence about what was done, or why not and what to do.
    """
    if not (root / ".git").exists():
        return ("No new version was fetched: this folder is not a git clone. Download the course"
                " anew and copy your folder my into it, with all that is in it, then run this"
                " again.")
    try:
        before = git(root, "rev-parse", "HEAD")
        if git(root, "rev-parse", "@{upstream}")[0]:
            return ("No new version was fetched: this clone's branch follows no branch elsewhere."
                    " `git branch --set-upstream-to=origin/main` lets it follow the course.")
        code, printed = git(root, "pull", "--ff-only")
        if code == 0:
            unchanged = before == git(root, "rev-parse", "HEAD")
            return "There is no newer version." if unchanged else "A newer version was fetched."
    except OSError as error:
        return (f"No new version was fetched: git could not be started ({error.strerror}). Install"
                " git, then run this again.")
    return f"No new version was fetched: {reason(printed)}."


def reason(printed):
    """Return what git's message means and what to do."""
    for signs, sentence in REASONS:
        if any(sign in printed for sign in signs):
            return sentence
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    return "git pull says: " + (lines[-1].rstrip(".") if lines else "nothing")
