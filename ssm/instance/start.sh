#!/bin/sh
# Snow White on one host: quiets, wakes or stops every Sidekiq worker here, or reports what each is
# doing.
#   snow-white-instance.sh quiet|wake|stop|status [SECONDS]
# SECONDS since 1970, ten digits: until when a quiet or a stop may begin. Without it, or with zeros,
# there is no limit.
# Do not edit ssm/snow-white-instance.sh: scripts/stamp-template joins it from ssm/instance/.
# In: processes in /proc; units of systemd, jobs of Upstart, containers of Docker; files of earlier
# runs in $records and $quieted.
# Out: one JSON object of at most 2000 bytes, the only line on standard output
# (docs/instance-line.md).
# Exit: 0 done, 1 failed, 2 wrong usage, 3 no worker, 4 a worker is busy. The SSM agent runs it as
# root and cancels it with KILL, so it leaves no temporary file and no lock.
#
# Sidekiq's heartbeat writes the title `sidekiq VERSION TAG [N of M busy] stopping` every 5 s (5.x,
# 6.x) or 10 s (7.x, 8.x). TSTP means "take no new job" once the title has its bracket; before that
# it would suspend the process. Only a restart undoes it.
set -uf
umask 077
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

# Continue in bash if there is one: it can wait without starting a process, and reads /proc in
# blocks. Dash reads it byte by byte, nine times as slowly. Other shells give the same results, only
# slower.
case ${BASH_VERSION-}.$0 in
.*/*) ! command -v bash >/dev/null || exec bash --posix -- "$0" "$@" ;;
[0-9]*) { command exec 3<>/dev/ptmx; } 2>/dev/null ;;
esac

heartbeat_max=11 # seconds; the longest heartbeat interval is 10, and the write itself takes time
boot_limit=180   # seconds for a worker to boot or to show TSTP, or for its unit to become stable
longest_title=1000
most_notes=1000 # most ids of workers that got TSTP, on disk and in memory
records=/var/lib/snow-white/stopped
# A file for each worker that got TSTP: when, in seconds since 1970.
quieted=/var/lib/snow-white/quieted
job_files=/etc/init
last_wake=/var/lib/snow-white/last-wake
last_wake_sent=/var/lib/snow-white/last-wake-sent # the SECONDS of the last wake
command_life=300 # from SendCommand to SECONDS; src/drain/machine/limits.hpp has the same number
# Seconds by which the clock here may lag. If it is ahead by more than command_life, every command
# is too late.
clock_margin=300
found='' since=' ' signalled=' ' seen=' ' stopped='' removed_units='' notes='' already=yes unsettled=' ' starts=' '
most_seen=' ' quick_checked=no full_scan=0 noted=0 timed_out=/ known=unread unready_from='' seen_restarting=' '
newline='
'
read_limit=''
# shellcheck disable=SC3045 # whether this shell can
if { read -r -n 1 _; } 2>/dev/null </dev/null || [ $? -eq 1 ]; then read_limit="-n $((longest_title + 1))"; fi

# pause SECONDS. bash waits for input on a terminal that nobody opens; another shell runs sleep.
pause() {
    # shellcheck disable=SC3045 # only bash comes to it
    [ -z "${BASH_VERSION-}" ] || read -r -t "$1" _ 2>/dev/null <&3 || [ $? -le 128 ] || return 0
    sleep "$1"
}
