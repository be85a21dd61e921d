"""Real Sidekiq of other Debian releases, with their Ruby and C library: folders of
sandbox/instances/root, in which a unit of a booted instance, or a container, runs. And Sidekiq 5,
which no Debian has any more: from a folder that SIDEKIQ_5 names, with its bin and lib (tested with
5.2.10, from its repository), with the instance's own Ruby."""

import os
import pathlib
import re
import subprocess

from booted import INSTANCES

SUITES = ("trixie", "forky")  # Sidekiq 7.3 and 8.1 (2026)
FIVE = os.environ.get("SIDEKIQ_5")

# RootDirectory: the process sees no files but that Debian's.
UNIT = """[Service]
Type=notify
WatchdogSec=30
User=webapp
RootDirectory=/opt/{suite}
MountAPIVFS=yes
BindReadOnlyPaths=/srv/app /run/systemd/notify
WorkingDirectory=/srv/app
EnvironmentFile=/opt/elasticbeanstalk/deployment/env
ExecStart=/usr/bin/sidekiq -e production -r /srv/app/nap.rb -c 5 -t 25 -q {suite}
Restart=always
RestartSec=1
TimeoutStopSec=40
"""


UNIT_OF_FIVE = """[Service]
User=webapp
WorkingDirectory=/srv/app
EnvironmentFile=/opt/elasticbeanstalk/deployment/env
ExecStart=/usr/bin/ruby -W0 -I /opt/{folder}/lib /opt/{folder}/bin/sidekiq -e production -r /srv/app/nap.rb -c 5 -q five
Restart=always
RestartSec=1
TimeoutStopSec=40
"""


def unit(name):
    """The release's unit file; its queue has the release's name."""
    return UNIT_OF_FIVE.format(folder=pathlib.Path(FIVE).name) if name == "five" else UNIT.format(suite=name)


class Missing(Exception):
    pass


def folder(name):
    """Created once. The test is skipped when that fails: a mirror need not have every Debian."""
    if name == "five":
        return pathlib.Path(FIVE)
    made = subprocess.run([INSTANCES / "root", name], capture_output=True, text=True)
    if made.returncode != 0:
        raise Missing(made.stderr.strip())
    return pathlib.Path(made.stdout.strip())


def version(name):
    """From the program itself, `7.3.2`."""
    if name == "five":
        return re.search(r'VERSION = "(.*)"', (folder(name) / "lib/sidekiq/version.rb").read_text())[1]
    said = subprocess.run(["chroot", folder(name), "/usr/bin/sidekiq", "-V"], capture_output=True, text=True, check=True)
    return said.stdout.split()[-1]
