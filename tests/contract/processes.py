"""Every process of the machine, as anybody could list it while something runs."""

import pathlib
import threading
import time


class Processes(threading.Thread):
    """Looks at every process of the machine, again and again: all command lines, and the environment of tasks."""

    def __init__(self, endpoint):
        super().__init__(daemon=True)
        self.endpoint, self.command_lines, self.of_tasks, self.over = endpoint.encode(), set(), set(), False

    def run(self):
        while not self.over:
            for directory in pathlib.Path("/proc").glob("[0-9]*"):
                try:
                    self.command_lines.add((directory / "cmdline").read_bytes())
                    environment = (directory / "environ").read_bytes()
                except OSError:
                    continue  # it has ended meanwhile
                if b"WORKER_ACTION=" in environment and self.endpoint in environment:
                    self.of_tasks.add(environment)
            time.sleep(0.02)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.join()
