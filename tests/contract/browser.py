"""The sandbox's page as a real browser has it: Debian's Chromium, without a window."""

import shutil
import subprocess
import tempfile

from sandbox_process import clean_environment


def drawn(address, milliseconds=1000):
    """What the page's script has made of the document after so long of its own time, as HTML as far
    as the script."""
    assert shutil.which("chromium"), "wanted chromium: scripts/setup judges"
    with tempfile.TemporaryDirectory() as profile:
        # As root it has no sandbox of its own; the page is ours.
        done = subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
                               f"--virtual-time-budget={milliseconds}", "--dump-dom", address],
                              capture_output=True, text=True, timeout=120, env=clean_environment(HOME=profile))
    assert done.returncode == 0 and "</html>" in done.stdout, done.stderr
    return done.stdout.partition("</main>")[0]
