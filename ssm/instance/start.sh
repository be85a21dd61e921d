#!/bin/sh
# Snow White on one host: quiets, wakes or stops every Sidekiq worker here, or says what each is doing.
#   snow-white-instance.sh quiet|wake|stop|status [SECONDS]
# SECONDS since 1970, ten digits: until when a quiet or a stop may begin. Without it, or with zeros, there is no limit.
# scripts/stamp-template joins it from the parts in ssm/instance/: change those.
# In: processes in /proc, units of systemd, jobs of Upstart or containers of Docker, and the notes of earlier runs in
# $records and $quieted.
# Out: one JSON object, the only line on standard output, at most 2000 bytes (docs/instance-line.md).
# Exit: 0 done, 1 failed, 2 wrong usage, 3 no worker, 4 a worker is busy. Run as root by the SSM agent, which
# cancels with KILL: there is no temporary file and no lock to leave behind.
# Facts it rests on: Sidekiq's heartbeat writes `sidekiq VERSION TAG [N of M busy] stopping` as the title every
# 5 s (5.x, 6.x) or 10 s (7.x, 8.x). TSTP means "take no new job" once the title has its bracket; before that
# it would suspend the process. Nothing but a restart undoes it.
set -uf
umask 077
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

# Bash, where there is one: it can wait without a process, and reads /proc in blocks. Dash reads byte by byte, which
# takes nine times as long. With any other shell all is the same, but dearer.
case ${BASH_VERSION-}.$0 in
.*/*) ! command -v bash >/dev/null || exec bash --posix -- "$0" "$@" ;;
[0-9]*) { command exec 3<>/dev/ptmx; } 2>/dev/null ;;
esac

beat=11          # the longest heartbeat, in seconds: 10, and what the beat itself takes
boot_limit=180   # how long a worker may take to boot, or to show what it was told, or its unit to come to rest
longest_title=1000
most_notes=1000  # of workers that were told to take no job, on disk and in memory
records=/var/lib/snow-white/stopped
quieted=/var/lib/snow-white/quieted # a file for each worker that was told to take no job: when, in seconds since 1970
job_files=/etc/init
last_wake=/var/lib/snow-white/last-wake
last_wake_sent=/var/lib/snow-white/last-wake-sent # SECONDS of the last wake here
command_life=300 # seconds from SendCommand to SECONDS: src/drain/machine/limits.hpp has the same
clock_margin=300 # by which the clock here may lag behind the program's; one that is ahead by more finds all too late
found='' since=' ' signalled=' ' seen=' ' stopped='' gone='' notes='' held=yes unsettled=' ' starts=' '
most=' ' glanced=no looked=0 noted=0 mute=/ known=unread unready_from='' bounced=' '
newline='
'
some=''
# shellcheck disable=SC3045 # whether this shell can
if { read -r -n 1 _; } 2>/dev/null </dev/null || [ $? -eq 1 ]; then some="-n $((longest_title + 1))"; fi

# pause SECONDS: waits for input from a terminal that nobody can open; a shell that cannot starts a process instead.
pause() {
    # shellcheck disable=SC3045 # only bash comes to it
    [ -z "${BASH_VERSION-}" ] || read -r -t "$1" _ 2>/dev/null <&3 || [ $? -le 128 ] || return 0
    sleep "$1"
}
