"""A release as the Action and the CI examples download it: the built program in a tarball, its sum,
a server on this machine."""

import functools
import hashlib
import http.server
import platform
import tarfile
import threading

from sandbox_process import PROGRAM, ROOT

VERSION = (ROOT / "VERSION").read_text().strip()
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
NAME = f"snow-white-{VERSION}-linux-{ARCHITECTURE}"
TARBALL = f"{NAME}.tar.gz"


def make_release(folder):
    """Returns the tarball's SHA-256."""
    with tarfile.open(folder / TARBALL, "w:gz", compresslevel=1) as tarball:
        tarball.add(PROGRAM, f"{NAME}/bin/snow-white")
    right = hashlib.sha256((folder / TARBALL).read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  snow-white-{VERSION}-linux-other.tar.gz\n{right}  {TARBALL}\n")
    return right


class Served(http.server.ThreadingHTTPServer):
    """Serves a folder at `url`; `asked` has the requested paths."""

    def __init__(self, folder):
        asked = self.asked = []

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                asked.append(self.path)

        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
