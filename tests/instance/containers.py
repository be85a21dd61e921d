"""A namespace with a Docker daemon that is real except for its network, which is this machine's:
its containers run Sidekiq of another Debian (releases.py)."""

import platform
import shlex
import subprocess

import releases
from booted import INSTANCES, Jobs, wait_for
from namespaces import Namespace

SUITE = "forky"

# docker is put where the script looks for programs; the daemon stays where it is.
START = """
mount -t tmpfs none {over} && mkdir {over}/up {over}/work && cp {tree}/usr/bin/docker {over}/up/
mount -t overlay -o lowerdir=/usr/bin,upperdir={over}/up,workdir={over}/work none /usr/bin
export PATH={tree}/usr/sbin:{tree}/usr/bin:$PATH LD_LIBRARY_PATH={tree}/usr/lib/{machine}-linux-gnu
exec dockerd --data-root /var/lib/docker --exec-root /run/docker --pidfile /run/docker.pid --iptables=false \
    --ip6tables=false --ip-forward=false --bridge=none
"""


class Host(Namespace, Jobs):
    def __init__(self, redis, database, folder):
        tree, image = releases.folder("docker"), releases.folder(SUITE)
        super().__init__(folder)
        self.redis, self.database = redis, database
        over = folder / "over"
        over.mkdir()
        log = open(folder / "dockerd.log", "wb")
        start = START.format(over=shlex.quote(str(over)), tree=shlex.quote(str(tree)), machine=platform.machine())
        self.begin("sh", "-ec", start, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for("the daemon", lambda: self.docker("info").returncode == 0, 30)
        packed = subprocess.Popen(["tar", "-C", image, "-c", "."], stdout=subprocess.PIPE)
        assert self.docker("import", "-", "sidekiq", stdin=packed.stdout).returncode == 0

    def docker(self, *arguments, **options):
        done = self.begin("docker", *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
        done.output = done.communicate(timeout=60)[0].strip()
        return done

    def start_container(self, *arguments, command=("/usr/bin/sidekiq", "-e", "production", "-r", "/srv/app/nap.rb")):
        """-> its ID, in the form of the script."""
        done = self.docker("run", "--detach", "--network=host", "--restart=always", "--env", "REDIS_URL",
                           "--volume", f"{INSTANCES}/app:/srv/app:ro", *arguments, "sidekiq", *command,
                           variables={"REDIS_URL": self.redis.url(self.database)})
        assert done.returncode == 0, done.output
        return done.output[:12]

    def end(self):
        super().end()
        # The daemon's control groups, empty by now; one that is not empty belongs to another
        # daemon.
        subprocess.run("rmdir /sys/fs/cgroup/*/docker/* /sys/fs/cgroup/*/docker /sys/fs/cgroup/docker", shell=True,
                       stderr=subprocess.DEVNULL)
