"""Every process of the machine, as any user could list it while something runs."""

import pathlib
import threading
import time

from sandbox_process import AS_CONTAINER


class Processes(threading.Thread):
    """Lists every process of the machine, repeatedly: all command lines, and the environment of
    tasks."""

    def __init__(self):
        super().__init__(daemon=True)
        self.command_lines, self.of_tasks, self.over = set(), {}, False  # of_tasks: {process id: its last environment}

    def run(self):
        while not self.over:
            for directory in pathlib.Path("/proc").glob("[0-9]*"):
                try:
                    self.command_lines.add((directory / "cmdline").read_bytes())
                    if (directory / "exe").readlink() == AS_CONTAINER:
                        self.of_tasks[directory.name] = (directory / "environ").read_bytes()
                except OSError:
                    continue  # it has ended meanwhile
            time.sleep(0.02)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.join()
