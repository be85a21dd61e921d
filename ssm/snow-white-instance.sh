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

# Recognizes a worker by its process title, which Sidekiq's heartbeat writes.

# Shells drop the NULs, so arguments run together; a title set by Ruby is one argument. $read_limit
# limits the bytes read, in shells that can: anybody can start a process with megabytes of
# arguments.
read_title() {
    title=
    # shellcheck disable=SC2086,SC2229,SC3045 # nothing, or two words that bash and busybox know
    { IFS= read -r $read_limit title <"/proc/$pid/cmdline"; } 2>/dev/null
    [ -n "$title" ]
}

# Reads $title. -> kind (worker, booting, swarm, none), version, busy, of, stopping. Tags may
# contain spaces and brackets: the last bracket counts.
classify() {
    kind=none version='' busy=0 of=0 stopping=no prefixed=no cropped_title=no
    [ ${#title} -le "$longest_title" ] || cropped_title=yes
    case $title in
    sidekiq*) ;;
    *sidekiq*) leave_out_words ;;
    *) return ;; # nearly all processes
    esac
    if [ "$cropped_title" = yes ]; then
        # Nothing else in a cut title is reliable.
        case $prefixed.$title in no.'sidekiq '[0-9]*) kind=booting ;; esac
        return
    fi
    case $title in
    sidekiqswarm*) kind=swarm ;;
    'sidekiq '[0-9]*) classify_title ;;
    *sidekiq*) classify_command ;;
    esac
    # After other words only a version with a dot counts: `bin/scale sidekiq 5` is a command.
    [ "$prefixed" = no ] || case $version in *.*) ;; *) kind=none ;; esac
}

# Some applications put words before Sidekiq's (PROCTITLES). Other programs that quote such a title
# are rarely Ruby.
leave_out_words() {
    case $title in *[!A-Za-z0-9_./-]'sidekiq '[0-9]*) ;; *) return ;; esac
    is_ruby || return 0
    left_out=${title%%[!A-Za-z0-9_./-]'sidekiq '[0-9]*}
    title="sidekiq ${title#"$left_out"?sidekiq }" prefixed=yes
}

classify_title() {
    version=${title#sidekiq }
    version=${version%% *}
    case $version in *[!0-9A-Za-z.-]* | ?????????????????????????*) version='' && return ;; esac
    kind=booting
    case $title in *' busy]'*) ;; *) return ;; esac
    counts=${title% busy\]*}
    counts=${counts##*\[}
    is_count "${counts%% of *}" && is_count "${counts##* of }" || return
    kind=worker busy=${counts%% of *} of=${counts##* of }
    case ${title##* busy\]}' ' in *' stopping '*) stopping=yes ;; esac # others add a word before it
}

is_ruby() {
    { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || return
    case $comm in ruby* | bundle* | sidekiq*) ;; *) return 1 ;; esac
}

# True for a Ruby that runs Sidekiq and has no title yet, not for an editor on sidekiq.rb or a grep.
# Bundler loads the program into its own process and sets the command line anew, as one string
# (bundler issue 4589).
classify_command() {
    is_ruby || return 0
    arguments=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | cut -c "-$longest_title")
    # shellcheck disable=SC2086 # to be split
    set -- $arguments
    first=${1-} last=path # a bare name proves nothing: any program can call itself that
    case ${first##*/} in ruby*) shift && last=sidekiq ;; esac
    while [ $# -gt 0 ]; do
        case $1 in
        -e | -c | -h | -v | --help | --version) return ;;
        -I | -r | -C | -E) shift ;;
        -*) ;;
        *) break ;;
        esac
        [ $# -eq 0 ] || shift
    done
    case ${1-} in
    bundle | */bundle | bundle[0-9]* | */bundle[0-9]* | bundler | */bundler)
        [ "${2-}" = exec ] || return
        shift 2
        last=sidekiq
        while case ${1-} in -*) ;; *) false ;; esac; do shift; done
        ;;
    esac
    case $last.${1-} in
    *.*/sidekiq | sidekiq.sidekiq) kind=booting ;;
    *.*/sidekiqswarm | sidekiq.sidekiqswarm) kind=swarm ;;
    esac
}

# Reads processes from /proc.

is_number() {
    case $1 in '' | *[!0-9]*) return 1 ;; esac
}

# A number as JSON writes it, small enough to add up: any process can choose its title.
is_count() {
    is_number "$1" && [ ${#1} -le 5 ] || return
    case $1 in 0?*) return 1 ;; esac
}

# for_each_process FUNCTION: calls it with pid set, for each process.
for_each_process() {
    at_each=$1
    set +f
    set -- /proc/[0-9]*
    set -f
    for process in "$@"; do
        pid=${process#/proc/}
        "$at_each"
    done
}

# The process name, in brackets, may contain anything: the fields begin after the last bracket.
read_stat() {
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    # shellcheck disable=SC2086 # to be split
    set -- ${stat##*) }
    [ $# -ge 20 ] || return 1
    process_state=$1 parent=$2 start=${20}
}

# -> value: of the key $2 in /proc/$1/status; empty if the process has ended.
read_status() {
    value=''
    while IFS=: read -r key value; do
        [ "$key" != "$2" ] || return 0
        value=''
    done 2>/dev/null <"/proc/$1/status"
}

# find_ancestor PID LIST -> ancestor: the first of the process and its ancestors that is in LIST
# (" 1 2 "). Fails with 1 if none is, with 2 if one of them has ended meanwhile.
find_ancestor() {
    ancestor=$1
    while [ "$ancestor" -gt 1 ]; do
        case $2 in *" $ancestor "*) return 0 ;; esac
        read_stat "$ancestor" || return 2
        ancestor=$parent
    done
    return 1
}

# A pid may be reused: the start time is compared right before the signal.
send() {
    read_stat "$w_pid" && [ "$start" = "$w_start" ] && kill -s "$1" "$w_pid" 2>/dev/null
}

# What a unit runs: its command and the scripts that the command names.

# -> words: the words of the command of the unit $1, and of the lines on Sidekiq in shell scripts
# that the command is or names. -> main: the pid of its first process. -> files_root, directory: the
# root of its files and its working directory, as the unit has them. Paths are looked up in the
# host's files. What a worker itself shows (/proc/PID/cwd, /proc/PID/root) is under its control.
read_command() {
    main='' words='' directory='' files_root=''
    case $1 in
    container:*)
        shown_by "$1" inspect --type container --format '{{.State.Pid}} {{json .Config}}'
        is_number "${shown%% *}" || return 0
        main=${shown%% *} words=$shown
        [ "$main" -eq 0 ] || words=$(tr '\0' ' ' 2>/dev/null <"/proc/$main/cmdline")
        # In a container only the first process shows where the files are.
        [ "$main" -eq 0 ] || files_root=/proc/$main/root directory=/proc/$main/cwd
        ;;
    *.service)
        shown_by "$1" show -p MainPID -p ExecStart -p WorkingDirectory -p RootDirectory
        parse_command
        ;;
    *)
        shown_by "$1" status
        case $shown in *', process '[0-9]*) main=${shown##*', process '} main=${main%%"$newline"*} ;; esac
        words=$(lines_on_sidekiq "$job_files/${1%%'('*}.conf")
        while read -r stanza value _; do
            [ "$stanza" != chdir ] || directory=$value
        done 2>/dev/null <"$job_files/${1%%'('*}.conf"
        ;;
    esac
    # shellcheck disable=SC2086 # to be split
    set -- $words
    for word in "$@"; do
        find_file "$word" || continue
        case $(first_line_of "$file") in
        '#!'*sh | '#!'*'sh '*) words="$words $(lines_on_sidekiq "$file")" ;;
        esac
    done
}
# Reads $shown, systemd's properties of a unit. -> main, directory, files_root, words
parse_command() {
    main='' words='' directory='' files_root=''
    find_property MainPID && main=$value
    find_property WorkingDirectory && directory=${value#!}
    find_property RootDirectory && files_root=$value directory=$value$directory
    case $shown in *'argv[]='*) words=${shown#*'argv[]='} words=${words%%' ; ignore_errors='*} ;; esac
    case $words in *[\"\']*) words=$(printf '%s' "$words" | tr -d "\"'") ;; esac
}
# -> file: the path of the word $1 of a unit's command. Fails if the word is no path.
find_file() {
    case $1 in
    /*) file=$files_root$1 ;;
    */*) file=$directory/$1 ;;
    *) return 1 ;;
    esac
}
# names_sidekiq WORDS: true for Sidekiq itself or a program named after it, false for one that only
# watches it.
names_sidekiq() {
    # shellcheck disable=SC2086 # to be split
    set -- $1
    for word in "$@"; do
        case /$word/ in
        *sidekiq[-_.]*export* | *sidekiq[-_.]*prometheus* | *sidekiq[-_.]*metrics* | *sidekiq[-_.]*monitor*) continue ;;
        */sidekiq/*) return 0 ;;
        esac
        case ${word##*/} in *sidekiq*) return 0 ;; esac
    done
    return 1
}
# True if a script, in any language, that $words are or name mentions Sidekiq.
scripts_name_sidekiq() {
    # shellcheck disable=SC2086 # to be split
    set -- $words
    for word in "$@"; do
        case $word in /bin/* | /sbin/* | /lib/* | /usr/*bin/* | /usr/lib*) continue ;; esac
        find_file "$word" || continue
        case $(first_line_of "$file") in '#!'*) ;; *) continue ;; esac
        [ -z "$(lines_on_sidekiq "$file")" ] || return 0
    done
    return 1
}

# True if a unit without a worker will start one. Call read_command or parse_command first.
is_for_sidekiq() { names_sidekiq "$words" || scripts_name_sidekiq; }

# The file is not ours: reading it has a time limit, and nothing in it is ever run.
beginning_of() {
    [ ! -f "$1" ] || timeout --foreground 5 head -c 65536 "$1" 2>/dev/null
}

first_line_of() { [ ! -f "$1" ] || beginning_of "$1" | head -n 1 | tr -d '\000'; }

# Lines of file $1 on Sidekiq, without comments and quotes. A line that ends in \ is joined with the
# next.
lines_on_sidekiq() {
    beginning_of "$1" | sed -e ':a' -e '/\\$/{N;s/\\\n/ /;ba' -e '}' -e 's/^[[:space:]]*#.*//' |
        grep sidekiq | tr -d "\"'\000"
}

# -> grace: seconds that Sidekiq gives jobs after TERM; the longest if there are several. Source:
# $words (the command), else the config file named there, else Sidekiq's default. The application
# owns the file: only a number is taken from it.
find_grace() {
    grace=0 option='' config=config/sidekiq.yml place=$directory
    # shellcheck disable=SC2086 # to be split
    set -- $words
    while [ $# -gt 0 ]; do
        case $1 in
        sidekiq | */sidekiq | sidekiqswarm | */sidekiqswarm)
            [ -z "$option" ] || read_grace
            option='' config=config/sidekiq.yml
            ;;
        cd) case ${2-} in /*) place=$files_root${2%;} ;; esac ;;
        -t | --timeout) option=${2-} ;;
        -t[0-9]*) option=${1#-t} ;;
        --timeout=*) option=${1#*=} ;;
        -C | --config) config=${2-} ;;
        -C?*) config=${1#-C} ;;
        --config=*) config=${1#*=} ;;
        esac
        shift
    done
    read_grace
}
read_grace() {
    case $config in /*) config=$files_root$config ;; *) config=$place/$config ;; esac
    is_count "$option" || option=$(beginning_of "$config" |
        sed -n 's/^[[:space:]]*:\{0,1\}timeout:[[:space:]]*\([0-9][0-9]*\)[[:space:]]*\(#.*\)\{0,1\}$/\1/p' | sort -n | tail -n 1)
    is_count "$option" || case $a_version in [1-5].*) option=8 ;; *) option=25 ;; esac
    [ "$option" -le "$grace" ] || grace=$option
}

# Calls the host's service managers: systemd, a user's systemd, Docker, Upstart.

# shown_by UNIT WORDS… -> shown: the output of the unit's service manager. A user's systemd that has
# timed out once is not asked again.
shown_by() {
    shown=''
    case $1$timed_out in user@*:*"/${1%%:*}:/"*) return 1 ;; esac
    shown=$(manager "$@")
    case $?.$1 in 137.user@*) timed_out=$timed_out${1%%:*}:/ ;; esac
}
# manager UNIT WORDS…: calls the unit's service manager with these words.
manager() {
    named=$1
    shift
    case $named in
    container:*) in_docker "$@" "${named#*:}" ;;
    user@*:*) as_user "${named%%:*}" systemctl --user "$@" -- "${named#*:}" ;;
    *.service) ask systemctl "$@" -- "$named" ;;
    *'('*) find_variable "$named" && ask initctl "$@" "${named%%'('*}" "$instance" ;;
    *) ask initctl "$@" "$named" ;;
    esac </dev/null 2>&1
}

# ask WORDS…: calls the host's own service manager with a time limit, since it may hang. A stop or
# restart that we wait for has none: it takes as long as the unit allows.
ask() {
    case " $* " in
    *' --no-block '*) ;;
    *' stop '* | *' restart '* | *' start '*)
        "$@"
        return
        ;;
    esac
    timeout --foreground 10 "$@"
}

# as_user user@NUMBER WORDS…: runs them as that user, whose systemd accepts no other. That user
# controls what runs: it gets neither our environment nor a pipe that we wait on. Root kills it
# after its time (exit code 137) and reads at most 64 KiB.
as_user() {
    place=/run/user/${1#user@}
    group=$(stat -c %g "$place") || return
    shift
    case " $* " in *' stop '*) patience=300 ;; *) patience=10 ;; esac
    {
        {
            {
                timeout --foreground -s KILL "$patience" env -i PATH="$PATH" LC_ALL=C XDG_RUNTIME_DIR="$place" setpriv \
                    --reuid "${place##*/}" --regid "$group" --clear-groups "$@" 2>&1 3<&- 4>&- 5>&-
                echo $? >&4
            } | timeout --foreground -s KILL $((patience + 1)) head -c 65536 >&5 4>&-
        } 4>&1 | {
            read -r code
            exit "$code"
        }
    } 5>&1
}

# Queries have a short limit: the daemon may hang. Ending a container may take as long as its grace
# allows.
in_docker() {
    case $1 in inspect | ps) patience=20 ;; *) patience=$((grace + 60)) ;; esac
    timeout --foreground "$patience" docker "$@"
}

# control_unit VERB UNIT. A start returns at once: verify_awake waits for all units together.
control_unit() {
    case $1.$2 in
    start.container:*) grace=0 && manager "$2" start ;;
    *.container:*) find_grace && manager "$2" "$1" -t $((grace + 5)) ;;
    stop.*) manager "$2" "$1" ;;
    *.service) manager "$2" --no-block "$1" ;;
    restart.runsv:* | restart.supervisord:*) restart_supervised ;;
    *) manager "$2" "$1" ;;
    esac
}

# unit_state UNIT -> active: active, activating, deactivating, inactive, failed; gone if no such
# unit exists, unknown if nobody answers. -> queued: yes if systemd has a pending job to start it.
# -> shown: the whole answer.
unit_state() {
    queued=no
    case $1 in
    container:*) shown_by "$1" inspect --type container --format 'State={{.State.Status}}' ;;
    *.service) shown_by "$1" show -p LoadState -p ActiveState -p Job -p Type -p Restart -p MainPID ;;
    runsv:* | supervisord:*) shown='' && supervisor_state "$1" && return ;;
    *) shown_by "$1" status ;;
    esac
    case $shown in
    *LoadState=not-found* | *'Unknown job'* | *'No such container'*) active=gone ;;
    *ActiveState=*)
        find_property ActiveState && active=$value
        # Down for now: between the halves of a restart, or until the units it is ordered after are
        # up.
        case $active.$shown in inactive.*Job=[1-9]* | failed.*Job=[1-9]*) active=activating queued=yes ;; esac
        ;;
    *start/running* | State=running) active=active ;;
    *' start/'* | *' respawn/'* | State=restarting) active=activating ;;
    State=created | State=exited | State=dead) active=failed ;; # Docker will not start it again
    *stop/waiting* | *'Unknown instance'*) active=inactive ;;
    *' stop/'*) active=deactivating ;;
    *) active=unknown ;;
    esac
}

# -> value: of the property $1 in $shown. Fails if there is none.
find_property() {
    case $newline$shown in *"$newline$1="*) ;; *) return 1 ;; esac
    value=$newline$shown value=${value#*"$newline$1="} value=${value%%"$newline"*}
}

# in_seconds WORDS -> seconds, from systemd's "1min 30s". Fails for infinity and anything else.
in_seconds() {
    seconds=0
    for part in $1; do
        number=${part%%[!0-9]*}
        is_count "$number" || return 1
        case ${part#"$number"} in
        us | ms) ;;
        s) seconds=$((seconds + number)) ;;
        min) seconds=$((seconds + number * 60)) ;;
        h) seconds=$((seconds + number * 3600)) ;;
        *) return 1 ;;
        esac
    done
}

# -> seconds, limit: how long the unit $1 has after TERM, and that setting as text. Fails if there
# is no limit.
find_stop_timeout() {
    case $1 in
    container:*) return 1 ;; # each stop passes its own
    *.service)
        shown_by "$1" show -p TimeoutStopUSec
        limit=${shown#*=}
        in_seconds "$limit" || return 1
        limit=TimeoutStopSec=$limit
        ;;
    *)
        seconds=5 # Upstart's default
        while read -r stanza what value _; do
            [ "$stanza $what" != 'kill timeout' ] || seconds=$value
        done 2>/dev/null <"$job_files/${1%%'('*}.conf"
        is_count "$seconds" || return 1
        limit="kill timeout $seconds"
        ;;
    esac
}

# Sidekiq needs 5 s more before KILL. Call read_command first, for $words.
check_stop_timeout() {
    find_stop_timeout "$1" || return 0
    find_grace
    [ "$seconds" -ge $((grace + 5)) ] || add_note "$1: $limit leaves Sidekiq less than its $grace s + 5 s"
}

# Upstart jobs.

list_jobs() {
    jobs=''
    [ ! -d /run/systemd/system ] && command -v initctl >/dev/null || return 0
    jobs=$newline$(ask initctl list 2>/dev/null)$newline
}

# Upstart reports only a job's first process: the worker is that one or a descendant.
find_job() {
    [ -n "$jobs" ] || return
    ancestor=$pid
    while [ "$ancestor" -gt 1 ]; do
        case $jobs in
        *" process $ancestor$newline"*)
            unit=${jobs%%" process $ancestor$newline"*}
            unit=${unit##*"$newline"}
            name_job "${unit%% start/*}"
            break
            ;;
        esac
        read_stat "$ancestor" || break
        ancestor=$parent
    done
}

# -> unit: the name of what initctl shows as `worker` or `worker (2)`; empty if the script cannot
# name it.
name_job() {
    unit=$1
    case $unit in *' ('*')') unit=${unit%%' ('*}"(${unit#*' ('}" && find_variable "$unit" ;; esac
    case ${unit%'('*')'} in -* | *[!A-Za-z0-9_.-]*) unit='' ;; esac
}

# worker(2) -> instance: `id=2`, which tells a job with `instance $id` in its file which instance is
# meant. A job with several variables is left out: unit becomes empty.
find_variable() {
    instance='' word=${1#*'('} word=${word%')'}
    case $word in *[!A-Za-z0-9_.-]*) unit='' && return ;; esac
    while read -r stanza value _; do
        case $stanza in instance) instance=${value#'$'} ;; esac
    done 2>/dev/null <"$job_files/${1%%'('*}.conf"
    instance=${instance#'{'} instance=${instance%'}'}
    case $instance in '' | *[!A-Za-z0-9_]*) unit='' && return ;; esac
    instance=$instance=$word
}

# Supervisors of single processes: runit's runsv and supervisord, if root runs them on the host. A
# worker that is a child of one belongs to it, not to the unit in which the supervisor runs. Its
# unit here is `runsv:PID` or `supervisord:PID`.

# find_supervisor PARENT -> unit, if the parent is a supervisor; otherwise unit is unchanged. The
# kernel tells which program the parent is and that root runs it. The host's supervisors have no
# worker in a container.
find_supervisor() {
    case $unit in container:*) return ;; esac
    if is_runsv "$1"; then
        unit=runsv:$1
    elif is_supervisord "$1"; then
        unit=supervisord:$1
    fi
}
is_runsv() { runs_one_of "$1" /usr/bin/runsv /usr/sbin/runsv /usr/local/bin/runsv && is_run_by_root "$1"; }
is_supervisord() {
    is_run_by_root "$1" || return 1
    sv_pid=$1
    set +f
    set -- /usr/bin/python[23]* /usr/local/bin/python[23]*
    set -f
    runs_one_of "$sv_pid" "$@" || return 1
    sv_words=''
    # shellcheck disable=SC2086,SC2229,SC3045 # nothing, or two words that bash and busybox know
    { IFS= read -r $read_limit sv_words <"/proc/$sv_pid/cmdline"; } 2>/dev/null
    case $sv_words in *python*/supervisord*) ;; *) return 1 ;; esac
}
runs_one_of() { # PID PROGRAM…
    sv_exe=/proc/$1/exe
    shift
    for sv_program in "$@"; do
        # shellcheck disable=SC3013 # dash, bash and busybox have it
        [ ! "$sv_exe" -ef "$sv_program" ] || return 0
    done
    return 1
}
# Real, effective, saved and file system user id. The real one of a setuid program is the caller's.
is_run_by_root() {
    read_status "$1" Uid
    case $value in '' | *[!0[:space:]]*) return 1 ;; esac
}

# supervisor_state UNIT -> active. A worker that has ended may come back while its supervisor lives.
supervisor_state() {
    active=active
    case $1 in
    runsv:*)
        is_runsv "${1#*:}" || active=gone
        read_runsv "${1#*:}"
        [ "$active.$sv_said" != active.down ] || active=inactive
        ;;
    *) is_supervisord "${1#*:}" || active=gone ;;
    esac
}

# -> sv_name: supervisord's name of the worker $w_pid. Only root may be able to change supervisorctl
# and its config file.
find_program() {
    find_ctl "${w_unit#*:}" && only_root_can_change "$sv_ctl" && { [ -z "$sv_conf" ] || only_root_can_change "$sv_conf"; } || return 1
    sv_limit=60
    sv_said=$(run_supervisorctl status)
    case $sv_said in *" pid $w_pid,"*) ;; *) return 1 ;; esac
    sv_name=${sv_said%%" pid $w_pid,"*}
    sv_name=${sv_name##*"$newline"} sv_name=${sv_name%% *}
    case $sv_name in '' | -* | *[!A-Za-z0-9_.:-]*) return 1 ;; esac
}
# -> sv_ctl: the supervisorctl in the same folder as supervisord; sv_conf: the file of its option
# -c, empty without one.
find_ctl() {
    sv_conf='' sv_ctl=''
    # shellcheck disable=SC2046 # to be split
    set -- $(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | cut -c "-$longest_title")
    while [ $# -gt 0 ]; do
        case $sv_ctl.$1 in
        ./usr/bin/supervisord | ./usr/local/bin/supervisord) sv_ctl=${1%d}ctl ;;
        /*.--configuration) sv_conf=${2-} ;;
        /*.--configuration=*) sv_conf=${1#*=} ;;
        /*.--*) ;;
        /*.-*c) sv_conf=${2-} ;; # also behind other one-letter options
        /*.-c?*) sv_conf=${1#-c} ;;
        esac
        shift
    done
    [ -n "$sv_ctl" ]
}
# True if only root can change the file $1: no part of the path is a link, another user's, or
# writable for others.
only_root_can_change() {
    case $1 in /*) ;; *) return 1 ;; esac
    case $1/ in */../* | */./* | *//*) return 1 ;; esac
    [ -f "$1" ] || return 1
    sv_part=$1
    while [ -n "$sv_part" ]; do
        case $(stat -c '%u %A' "$sv_part" 2>/dev/null) in '0 '[-d]????[!w]??[!w]*) ;; *) return 1 ;; esac
        sv_part=${sv_part%/*}
    done
}
# Runs in /, where supervisorctl finds no other user's config file.
run_supervisorctl() {
    [ -z "$sv_conf" ] || set -- -c "$sv_conf" "$@"
    (cd / && timeout --foreground "$sv_limit" "$sv_ctl" "$@" </dev/null 2>&1)
}

# Restarts each of the workers counted last. Prints the reason if it cannot.
restart_supervised() {
    sv_refused=''
    for_each_worker restart_if_counted
    printf '%s' "$sv_refused"
    [ -z "$sv_refused" ]
}
restart_if_counted() {
    [ "$w_unit" = "$counted" ] || return 0
    unit=''
    read_stat "$w_pid" && find_supervisor "$parent" && [ "$unit" = "$w_unit" ] || return 0 # it has ended
    case $w_unit in
    runsv:*) end_under_runsv ;;
    *) restart_in_supervisord ;;
    esac
}
# runsv restarts what ends, unless a person used `sv once` or `sv down`.
end_under_runsv() {
    read_runsv "${w_unit#*:}"
    if [ "$sv_said" = run ]; then send TERM; else sv_refused="runsv does not keep worker $w_pid running: sv status says how"; fi
}
# -> sv_said: run or down, as the runsv with the pid $1 reports its service; else empty. The folder
# may be a user's: links in it are not followed, and nothing else from it is printed.
read_runsv() {
    sv_said='' sv_stat=/proc/$1/cwd/supervise
    if [ -L "$sv_stat" ] || [ -L "$sv_stat/stat" ]; then return; fi
    case $(beginning_of "$sv_stat/stat") in
    run) sv_said=run ;;
    down*) sv_said=down ;;
    esac
}
# Sidekiq exits with 0 after TERM, and by default supervisord does not restart what exits so.
# `restart` does both.
restart_in_supervisord() {
    if ! find_program; then
        sv_refused="supervisorctl does not name worker $w_pid"
    else
        # supervisorctl waits up to stopwaitsecs for the worker's end before it starts it.
        sv_limit=300
        sv_said=$(run_supervisorctl restart "$sv_name") && return 0
        sv_refused="supervisorctl restart $sv_name failed: ${sv_said:-no word}"
        run_supervisorctl start "$sv_name" >/dev/null || :
    fi
}

# For stop: after TERM the supervisor would start the worker again.
note_supervised() { for_each_worker note_if_supervised; }
note_if_supervised() {
    [ "$w_unit" = "$counted" ] || return 0
    find_end_command
    add_note "worker $w_pid is run by ${w_unit%:*}, which may start it anew: quiet, but not stopped: $sv_end_command"
}
# -> sv_end_command: what a person types to end the worker $w_pid for good.
find_end_command() {
    sv_end_command="end it with ${w_unit%:*}'s own command"
    case $w_unit in
    runsv:*)
        sv_folder=$(cd "/proc/${w_unit#*:}/cwd" 2>/dev/null && pwd -P)
        case $sv_folder in '' | *[!A-Za-z0-9_./-]*) ;; *) sv_end_command="sv down $sv_folder" ;; esac
        ;;
    *) ! find_program || sv_end_command="supervisorctl stop $sv_name" ;;
    esac
}

# Units for Sidekiq that will start a worker: booting, restarting, or without a worker yet.

# One scan may fall between a worker's end and its restart.
find_workers_and_units() {
    find_restarting
    find_workers
    find_restarting # again: some may have ended meanwhile
    find_active_without_worker
    for each in $units_without_worker; do
        note_seen "$each"
    done
    [ "$found$seen" = ' ' ] || return 0
    find_stopped
    [ -z "$stopped" ] || return 0
    pause 2
    find_workers
}

# -> seen: adds units for Sidekiq that may have no process now and that their service manager will
# start: after a crash (Docker waits up to a minute), between the halves of a restart, or after a
# unit that they are ordered after.
find_restarting() {
    if [ -S /run/docker.sock ]; then
        find_restarting_by container: in_docker ps --filter status=restarting --format '{{.ID}}'
    fi
    if [ ! -d /run/systemd/system ]; then
        find_restarting_jobs
        return
    fi
    for_each_systemd find_restarting_in
}
# for_each_systemd FUNCTION: calls it with PREFIX WORDS… for the host's systemd and for each user's.
# The words call that systemd; the script puts the prefix before its unit names.
for_each_systemd() {
    visit=$1
    "$visit" '' ask systemctl
    set +f
    set -- /run/user/*/systemd/private
    set -f
    for socket in "$@"; do
        user=${socket#/run/user/} user=user@${user%%/*}
        [ ! -S "$socket" ] || "$visit" "$user:" as_user "$user" systemctl --user
    done
}
find_restarting_in() {
    find_restarting_by "$@" list-units --type=service --state=activating,reloading,deactivating --no-legend --plain
    find_restarting_by "$@" list-jobs --no-legend
}
# run_list PREFIX WORDS… -> listed: the output of the words; prefix. Fails if that manager has timed
# out before.
run_list() {
    prefix=$1
    case $timed_out in *"/$prefix/"*) return 1 ;; esac
    shift
    listed=$("$@" </dev/null 2>/dev/null)
    case $? in 124 | 137) timed_out=$timed_out$prefix/ ;; esac
}
# find_restarting_by PREFIX WORDS…: the output of the words lists the units.
find_restarting_by() {
    run_list "$@" || return 0
    # shellcheck disable=SC2086 # to be split
    set -- $listed
    while [ $# -gt 0 ]; do
        each=$1 job=${2-}
        shift
        is_unit_name "$prefix$each" || continue
        case $prefix$each in container:* | *.service) ;; *) continue ;; esac
        unit_state "$prefix$each"
        will_start && note_if_for_sidekiq "$prefix$each"
    done
}
# True if the service manager will start the unit that unit_state read last. $job: the word after
# the unit's name in the list; in a list of jobs it is the job's type. A oneshot unit (a timer's, a
# deploy's) has no worker, whatever its command names.
will_start() {
    case $shown in *Type=oneshot*) return 1 ;; esac
    case $active.$job in
    *.stop) return 1 ;;
    activating.* | reloading.*) ;;
    deactivating.restart | deactivating.start | deactivating.try-restart | deactivating.reload-or-start) ;;
    deactivating.*)
        # Without a job nobody is stopping it: its process ended by itself.
        case $shown in *Job=[1-9]* | *Restart=no*) return 1 ;; esac
        ;;
    *) return 1 ;;
    esac
}
note_if_for_sidekiq() {
    case $seen in *" $1 "*) return ;; esac
    read_command "$1"
    is_for_sidekiq || return 0
    note_seen "$1"
}

# Upstart jobs that should run and do not: `worker start/pre-start`, `worker (2) respawn/killed`.
find_restarting_jobs() {
    list_jobs
    others=$jobs
    while [ -n "$others" ]; do
        job=${others%%"$newline"*}
        others=${others#*"$newline"}
        case $job in
        *' start/running'*) continue ;;
        *' start/'* | *' respawn/'*) ;;
        *) continue ;;
        esac
        job=${job%% start/*}
        name_job "${job%% respawn/*}"
        [ -z "$unit" ] || note_if_for_sidekiq "$unit"
    done
}

note_seen() {
    case $seen in *" $1 "*) ;; *) seen="$seen$1 " ;; esac
}

# Checks each unit in $seen until it has settled: at one look all its workers are idle or busy for
# certain (for a wake: or running). A unit that crashes again and again therefore never settles,
# like one that hangs. -> settling: yes while a unit has less than $boot_limit s behind it. ->
# starting: yes if such a unit boots or restarts a worker. -> stuck: units over the limit, also
# those with a worker that does not show TSTP.
watch_units() {
    unsettled_now=' ' starting=no settling=no stuck='' count_stuck=0
    for watched in $seen; do
        total=0 pending=0 booting=0 restarting=no without_worker=no fewer=no settled=yes
        for_each_worker watch_worker
        [ "$total" -gt 0 ] || watch_empty_unit
        case $watched in supervisord:*) watch_supervised ;; esac
        [ "$settled" = no ] || continue
        from=$now
        case $unsettled in *" $watched="*) from=${unsettled#*" $watched="} from=${from%% *} ;; esac
        unsettled_now="$unsettled_now$watched=$from "
        if [ $((now - from)) -le "$boot_limit" ]; then
            settling=yes
            [ "$booting.$restarting.$without_worker.$fewer" = 0.no.no.no ] || starting=yes
        elif [ "$pending.$restarting.$without_worker" != 0.no.no ]; then
            stuck="$stuck $watched" count_stuck=$((count_stuck + pending))
        fi
    done
    unsettled=$unsettled_now
}
watch_worker() {
    [ "$w_unit" = "$watched" ] || return 0
    total=$((total + 1))
    case $action.$w_state in
    *.idle | wake.running) return ;;
    *.quiet) is_busy_for_certain && return ;;
    *.booting) booting=$((booting + 1)) pending=$((pending + 1)) && note_start ;;
    *) pending=$((pending + 1)) ;;
    esac
    settled=no
}
# All workers under one supervisord are one unit here. If fewer are there than before, one may be
# between two starts.
watch_supervised() {
    sv_most=0
    case $most_seen in *" $watched="*) sv_most=${most_seen##*" $watched="} sv_most=${sv_most%% *} ;; esac
    [ "$total" -le "$sv_most" ] || most_seen="$most_seen$watched=$total "
    [ "$total" -ge "$sv_most" ] || { fewer=yes settled=no; }
}
watch_empty_unit() {
    active=unknown
    [ "$watched" = - ] || unit_state "$watched"
    case $active in
    activating | deactivating | reloading)
        restarting=yes settled=no
        case $seen_restarting in *" $watched "*) ;; *) seen_restarting="$seen_restarting$watched " ;; esac
        ;;
    active)
        # Its processes do not look like Sidekiq yet, or no longer do.
        find_property MainPID && has_worker_below "$value" || without_worker=yes settled=no
        ;;
    unknown) settled=no ;;
    esac
}
note_start() {
    [ "${#starts}" -le $((most_notes * 60)) ] || return 0
    case $starts in *" $w_unit/$w_id "*) ;; *) starts="$starts$w_unit/$w_id " ;; esac
}
# -> started: how many booting workers of the unit $1 were seen. Each may have come and gone between
# two looks.
count_starts() {
    started=0 others=$starts
    while case $others in *" $1/"*) ;; *) false ;; esac; do
        started=$((started + 1)) others=" ${others#*" $1/"}"
    done
}
say_started_again() {
    queued=no
    [ "$1" = 'no unit' ] || unit_state "$1"
    if [ "$started.$queued" = 0.yes ]; then
        add_note "$1 has been waiting to be started for more than $boot_limit s: systemctl list-jobs says what for"
        return
    fi
    often=' for'
    [ "$started" -eq 0 ] || often=": $started times in"
    add_note "$1 is started again and again$often more than $boot_limit s, and never came up to stay"
}
# True if the unit runs and was never seen between two starts.
runs_without_worker() {
    case $1$seen_restarting in -* | *" $1 "*) return 1 ;; esac
    unit_state "$1"
    [ "$active" = active ]
}
say_stuck() {
    for each in $stuck; do
        count_workers "$each"
        count_starts "$each"
        name=$each
        [ "$each" != - ] || name='no unit'
        [ -z "$ignored_tstp" ] || add_note "worker $ignored_tstp of $name was told to take no job, and did not show that it obeys in $boot_limit s"
        [ -z "$suspended" ] || add_note "worker $suspended of $name is suspended, and stays so"
        if [ "$started" -le 1 ] && [ -n "$still_booting" ]; then
            add_note "worker $still_booting of $name has been booting for more than $boot_limit s$cropped"
        elif [ -n "$ignored_tstp$suspended" ]; then
            :
        elif [ "$total.$started" = 0.0 ] && runs_without_worker "$each"; then
            add_note "$name is for Sidekiq and runs, but none of its processes has shown itself as a worker for more than $boot_limit s"
        else
            say_started_again "$name"
        fi
    done
}

# Units for Sidekiq that run and have no worker yet.

# -> units_without_worker: active units for Sidekiq with no worker in $found. Such a unit will start
# one, whatever its processes call themselves. Only root decides what a unit runs.
find_active_without_worker() {
    units_without_worker=''
    [ -d /run/systemd/system ] || return 0
    for_each_systemd find_active_without_worker_in
}
find_active_without_worker_in() {
    run_list "$@" show -p Id -p Type -p ExecStart -p MainPID -p ActiveState -p SubState -p WorkingDirectory \
        -p RootDirectory -- '*.service' || return 0
    first_property=${listed%%=*} # of each unit: all have the same properties in the same order
    IFS=$newline
    # shellcheck disable=SC2086 # to be split
    set -- $listed "$first_property="
    unset IFS
    shown=''
    for line_shown in "$@"; do
        case $line_shown in
        "$first_property="*)
            ! is_active_without_worker || units_without_worker="$units_without_worker $prefix$id_shown"
            shown=''
            ;;
        esac
        shown=$shown$line_shown$newline
    done
}
# Reads $shown. -> id_shown
is_active_without_worker() {
    case $newline$shown in
    *"${newline}Type=oneshot$newline"* | *"${newline}SubState=exited$newline"*) return 1 ;; # it runs a task and ends
    *"${newline}ActiveState=active$newline"* | *"${newline}ActiveState=reloading$newline"*) ;;
    *"${newline}ActiveState="*activating"$newline"*)
        case $newline$shown in *"${newline}MainPID="[1-9]*) ;; *) return 1 ;; esac # deactivating, too
        ;;
    *) return 1 ;;
    esac
    find_property Id && id_shown=$value
    is_unit_name "$prefix$id_shown" || return 1
    case $newline$found in *" $prefix$id_shown$newline"*) return 1 ;; esac
    parse_command
    case $words in *docker* | *podman* | *nerdctl*) return 1 ;; esac # its worker is in a container
    is_for_sidekiq || return 1
    ! has_worker_below "$main"
}
# A worker may have left the unit's control group: under logind, `su` moves it into a session's.
has_worker_below() {
    a_main=$1 has_worker=no
    [ "$a_main" -gt 1 ] || return 1
    for_each_worker note_if_below
    [ "$has_worker" = yes ]
}
note_if_below() { ! find_ancestor "$w_pid" " $a_main " || has_worker=yes; }

# Finds the unit or container of a process, and tells whether it exists for Sidekiq only.

# -> v1, v2: the control groups of the process $1.
read_groups() {
    v1='' v2=''
    while IFS=: read -r _ controllers place; do
        case $controllers in
        name=systemd) v1=$place ;;
        '') v2=$place ;;
        esac
    done 2>/dev/null <"/proc/$1/cgroup"
}
find_unit() {
    read_groups "$pid"
    if find_container "$v1/$v2"; then
        container=${container%"${container#????????????}"}
        unit=container:${container:-unnamed}
        return
    fi
    unit_in_either
    case $unit$v1$v2 in
    /*/session-*.scope*) find_unit_above ;;
    esac
    [ -n "$unit" ] || find_job
}
unit_in_either() {
    unit_in "$v1"
    [ -n "$unit" ] || unit_in "$v2"
}
# logind moves what `su` starts into the scope of a new session. It belongs to the unit that called
# `su`.
find_unit_above() {
    ancestor=$pid
    while read_stat "$ancestor" && [ "$parent" -gt 1 ]; do
        ancestor=$parent
        read_groups "$ancestor"
        case $v1$v2 in *.service*) break ;; esac
    done
    unit_in_either
}

# unit_in CGROUP -> unit: `sidekiq.service`, `user@1000:sidekiq.service` for a user's own unit, or
# empty. Empty for services that only hold other people's processes, and inside a container that has
# its own systemd. Below user@1000.service that user can name control groups freely, so everything
# there is that user's.
unit_in() {
    unit='' user=''
    IFS=/
    for part in $1; do
        part=${part#_} # systemd escapes names that the kernel reserves
        case $user$unit/$part in
        /user@*.service)
            number=${part#user@}
            is_number "${number%.service}" || break
            user=${part%.service}:
            ;;
        */user@*.service) unit='' && break ;;
        esac
        case $part in
        user@*.service) ;;
        *.service)
            [ -z "$unit" ] || { unit=''; break; }
            unit=$part
            ;;
        esac
    done
    unset IFS
    case $unit in
    docker.service | containerd.service | podman*.service | crio.service) unit='' ;;
    cfn-hup.service | healthd.service | supervisor*.service | monit.service) unit='' ;;
    ssh.service | sshd.service | ssh@* | sshd@* | cron.service | crond.service | atd.service) unit='' ;;
    amazon-ssm-agent.service | snap.amazon-ssm-agent.* | systemd-* | dbus*.service | *getty@*) unit='' ;;
    esac
    if is_unit_name "$unit"; then unit=$user$unit; else unit=''; fi
}
is_unit_name() {
    case $1 in '' | -* | *[!A-Za-z0-9:_.@\\-]*) return 1 ;; esac
}

# True for a process in a nested PID namespace, or in a control group with a container's id
# (docker-ID.scope, docker/ID, libpod-ID.scope). -> container. Unit names inside a container do not
# count.
find_container() {
    container='' nested=no
    IFS=/
    for part in $1; do
        case $part in user@*.service) break ;; esac # below it the user names the groups
        part=${part%.scope} part=${part##*-}
        case $part in *[!0-9a-f]*) ;; *) [ ${#part} -ne 64 ] || container=$part ;; esac
    done
    unset IFS
    read_status "$pid" NSpid
    # shellcheck disable=SC2086 # to be split
    set -- $value
    [ $# -le 1 ] || nested=yes
    [ "$nested$container" != no ]
}

# True if the unit $1 exists for its workers, $workers: its command names Sidekiq, or each worker is
# its first process or descends from it and runs as the same user. Otherwise (a web server with a
# process that looks like Sidekiq) a restart would harm others. -> why: the reason if false
is_for_its_workers() {
    read_command "$1"
    why='is not for Sidekiq alone as far as can be seen'
    case $1 in container:*) is_workers_container; return ;; esac
    ! names_sidekiq "$words" || return 0 # not scripts_name_sidekiq: a web server's script may mention it
    for each_worker in $workers; do
        read_status "$each_worker" Uid
        uids=$value
        find_ancestor "$each_worker" " $main " || return 1
        read_status "$ancestor" Uid
        [ -n "$value" ] && [ "$value" = "$uids" ] || return 1
    done
}
# A control group's name is no proof: Docker must confirm the container's first process.
is_workers_container() {
    case $shown in
    *'"com.amazonaws.ecs.'* | *'"io.kubernetes.'* | *'"com.docker.swarm.'*)
        why='is started by ECS, Kubernetes or Swarm'
        return 1
        ;;
    esac
    for each_worker in $workers; do
        find_ancestor "$each_worker" " $main " && continue
        why='is unknown to Docker here'
        return 1
    done
    names_sidekiq "$words" # its files do not count: the container controls them
}

# True if each process in the unit $1 is a worker ($workers), a descendant of one, or a pure wrapper
# above one. A restart or a stop hits every process in the unit's control group, as the kernel has
# it. -> why: the reason if false
runs_nothing_else() {
    asked=$1 ancestors=' ' others='' others_more=0
    for ancestor in $workers; do
        while read_stat "$ancestor" && [ "$parent" -gt 1 ]; do
            ancestor=$parent ancestors="$ancestors$parent "
        done
    done
    for_each_process note_unless_part
    [ -n "$others" ] || return 0
    [ "$others_more" -eq 0 ] || others="$others and $others_more more"
    why="also runs $others"
    return 1
}
note_unless_part() {
    find_unit
    [ "$unit" = "$asked" ] && ! is_part && note_other
}
is_part() {
    case $ancestors in *" $pid "*) is_wrapper && return ;; esac
    find_ancestor "$pid" " $workers "
    [ $? -ne 1 ] # 2: the process has ended
}
# By the program that the kernel reports; or the parent process of sidekiqswarm.
is_wrapper() {
    ! runs_one_of "$pid" /bin/sh /bin/bash /bin/dash /bin/su /usr/bin/sudo /usr/sbin/runuser /usr/bin/setpriv /usr/bin/env \
        /usr/bin/timeout /usr/bin/nice /usr/bin/ionice /usr/bin/chrt /usr/bin/flock /usr/bin/setsid /usr/bin/unshare \
        /usr/bin/tini /usr/bin/dumb-init /sbin/docker-init || return 0
    read_title && classify && [ "$kind" = swarm ]
}
note_other() {
    { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || return 0
    case $others in *,*,*) others_more=$((others_more + 1)) && return ;; esac
    others="$others${others:+, }$comm (pid $pid)"
}

# True if a service manager that we can call restarts and stops the workers counted last. -> whose,
# by_hand: if not, the reason and what a person can do
has_manager() {
    whose="no service owns worker $pids_here" by_hand='restart it by hand'
    case $counted in
    -) return 1 ;;
    *.service) ;;
    runsv:* | supervisord:*) return 0 ;; # each restarts only the worker
    esac
    is_for_its_workers "$counted" && runs_nothing_else "$counted" && return
    whose="worker $pids_here runs in $counted, which $why"
    case $counted.$why in
    container:unnamed.*) by_hand='restart it by hand with what started it' ;;
    container:*Docker*) by_hand="restart it by hand with what started it (podman restart ${counted#*:}, for example)" ;;
    container:*alone*) by_hand="restart it by hand (docker restart ${counted#*:})" ;;
    container:*) by_hand='stop its task or pod there, and a new one takes jobs' ;;
    esac
    return 1
}

# Files that earlier runs wrote: units that we stopped, workers that got TSTP, the last wake.

# -> stopped: units that we stopped and that are still down. -> removed_units: those that no longer
# exist. -> unknown_units: those whose service manager does not answer.
find_stopped() {
    stopped='' removed_units='' unknown_units=''
    [ -d "$records" ] || return 0
    set +f
    set -- "$records"/*
    set -f
    for record in "$@"; do
        [ -f "$record" ] || continue
        record=${record##*/}
        case $newline$found in *" $record$newline"*) continue ;; esac
        unit_state "$record"
        case $active in
        gone) removed_units="$removed_units $record" ;;
        inactive | failed) stopped="$stopped $record" ;;
        unknown) unknown_units="$unknown_units $record" ;;
        esac
    done
}

# Removes the record of each unit that has workers again.
forget_stopped() {
    list_units
    for each in $units; do
        [ ! -e "$records/$each" ] || rm -f "$records/$each"
    done
}

# A quiet works without this file, so a failure to write is ignored. The limit keeps workers that
# come and go from filling the disk.
note_quieted() {
    noted=$((noted + 1))
    [ "$noted" -le "$most_notes" ] || return 0
    { mkdir -p "$quieted" && date +%s >"$quieted/$w_id"; } 2>/dev/null || :
}
forget_quieted() {
    [ -d "$quieted" ] || return 0
    set +f
    set -- "$quieted"/*
    set -f
    for note in "$@"; do
        worker_id=${note##*/}
        case $newline$found in *"$newline${worker_id%:*} ${worker_id#*:} "*) ;; *) rm -f "$note" ;; esac
    done
}

# The latest order wins: a wake ends the drains under way, which would otherwise quiet what it woke.
read_last_wake() {
    woken=''
    { read -r woken <"$last_wake"; } 2>/dev/null
}
end_if_woken() {
    read_last_wake
    [ "$woken" != "$woken_before" ] || return 0
    add_note "workers here were woken while $action was under way"
    finish failed
}

# The time until which a quiet or a stop may begin. Without it a command that waited for its
# instance would undo a later wake.

# refuse_late SECONDS: since 1970; zeros mean no limit. Ends as failed if a quiet or a stop comes
# too late, or was sent before the last wake. A wake is never too late.
refuse_late() {
    case $1 in *[!0]*) ;; *) return 0 ;; esac
    ex_until=${1#"${1%%[!0]*}"}
    ex_wake='' ex_now=$(date +%s)
    { read -r ex_wake <"$last_wake_sent"; } 2>/dev/null
    case $ex_wake in '' | *[!0-9]* | ???????????*) ex_wake=0 ;; esac
    if [ "$action" = wake ]; then
        # No later than a wake sent now: a wrong number must not block a quiet for longer.
        ex_latest=$((ex_now + command_life + clock_margin))
        [ "$ex_until" -le "$ex_latest" ] || ex_until=$ex_latest
        [ "$ex_until" -gt "$ex_wake" ] || return 0 # a batch of an earlier wake
        { mkdir -p "${last_wake%/*}" && echo "$ex_until" >"$last_wake_sent"; } 2>/dev/null ||
            add_note "cannot write $last_wake_sent: an older quiet that comes later would act all the same"
        return 0
    fi
    if [ "$ex_until" -lt "$ex_wake" ]; then
        ex_why="a wake that was sent after this $action has come here before it"
    elif [ "$ex_now" -gt "$ex_until" ]; then
        ex_why="this $action came $((ex_now - ex_until)) s too late, or the clock here is ahead by more than $((command_life / 60)) minutes"
    elif [ "$ex_now" -lt $((ex_until - command_life - clock_margin)) ]; then
        ex_why="the clock here is $((ex_until - command_life - ex_now)) s behind: set it"
    else
        return 0
    fi
    add_note "$ex_why; nothing was done"
    finish failed
}

# Finds all workers of this host and their states.

# -> found: a line `PID START PARENT STATE BUSY OF VERSION UNIT` for each worker; `-` stands for
# empty.
find_workers() {
    [ "$known" != unread ] || read_known
    forget_dead
    found='' swarms='' quick_checked=no
    list_jobs
    for_each_process check_process
    leave_out_children
    add_booting_swarms
}
check_process() {
    read_title # empty: a kernel thread, or a worker whose job cleared its title
    classify
    [ "$kind" != none ] || is_known || return 0
    read_stat "$pid" || return 0
    if [ "$kind" = swarm ]; then
        swarms="$swarms $pid:$start"
        return
    fi
    case $process_state.$kind.$stopping in
    T.*) state=suspended ;;
    *.booting.*) state=booting ;;
    *.worker.yes) state=quiet ;;
    *) state=running ;;
    esac
    [ "$kind" != worker ] || note_known
    describe "$state" "$busy" "$of" "${version:--}"
    found=$found$described
}
# describe STATE BUSY OF VERSION -> described: the line of the process $pid, $start, $parent.
describe() {
    described="$pid $start $parent $1 $2 $3 $4" # before find_unit, which overwrites these
    described_parent=$parent
    find_unit
    find_supervisor "$described_parent"
    described="$described ${unit:--}$newline"
}

# A process that has shown a worker's title is a worker until it ends: a job may change the title
# for a while.
note_known() {
    case $known in *" $pid:$start "*) ;; *) known="$known$pid:$start " ;; esac
}
# Bounds $known and $signalled: above the limit, ids (`pid:start`, at most 20 bytes) of ended
# processes are dropped.
forget_dead() {
    [ $((${#known} + ${#signalled})) -gt $((most_notes * 40)) ] || return 0
    keep_living "$known"
    known=$living
    keep_living "$signalled"
    signalled=$living
}
keep_living() {
    living=' '
    for each in $1; do
        if read_stat "${each%:*}" && [ "$start" = "${each#*:}" ]; then living="$living$each "; fi
    done
}
# From earlier runs: workers that got TSTP.
read_known() {
    known=' '
    set +f
    set -- "$quieted"/*
    set -f
    for note in "$@"; do
        [ ! -f "$note" ] || known="$known${note##*/} "
    done
}
# True for a known worker whose title has changed. -> kind, busy, stopping. Its number of jobs is
# unknown, so busy is 1, not 0.
is_known() {
    case $known in *" $pid:"*) ;; *) return 1 ;; esac
    read_stat "$pid" || return 1
    case $process_state$known in Z* | X*) return 1 ;; *" $pid:$start "*) ;; *) return 1 ;; esac
    kind=worker busy=1 of=1
    case $signalled in *" $pid:$start "*) stopping=yes ;; esac
    [ ! -e "$quieted/$pid:$start" ] || stopping=yes
}

# A child that a job forked has the worker's title, but belongs to the job.
leave_out_children() {
    pids=' ' parents=' '
    for_each_worker note_pid
    kept=''
    for_each_worker keep_unless_child
    found=$kept
}
note_pid() { pids="$pids$w_pid " parents="$parents$w_parent "; }
keep_unless_child() {
    case $pids in *" $w_parent "*) ;; *) kept="$kept$w_line$newline" ;; esac
}

# sidekiqswarm forwards signals, so its children are the workers. Without children it is booting.
add_booting_swarms() {
    for swarm in $swarms; do
        pid=${swarm%:*} start=${swarm#*:} parent=0
        case $parents in *" $pid "*) continue ;; esac
        describe booting 0 0 -
        found=$found$described
    done
}

# for_each_worker FUNCTION: calls it with w_pid, w_start, … set, for each line of $found.
for_each_worker() { for_each_line "$found" "$1"; }
for_each_line() { # LINES FUNCTION
    rest=$1
    while [ -n "$rest" ]; do
        w_line=${rest%%"$newline"*}
        rest=${rest#*"$newline"}
        split_line "$w_line"
        "$2"
    done
}
split_line() {
    # shellcheck disable=SC2086 # to be split
    set -- $1
    w_pid=$1 w_start=$2 w_parent=$3 w_state=$4 w_busy=$5 w_of=$6 w_version=$7 w_unit=$8
    w_id=$w_pid:$w_start
}

# -> embedded: a line as in $found for each process that is no worker and has a thread named by
# Sidekiq (`sidekiq.NAME` since 7, lib/sidekiq/component.rb): Sidekiq runs inside another program,
# such as a web server. Any program can name a thread so; therefore it can only turn success into
# failure. Nothing is signalled, restarted or stopped because of it.
find_embedded() {
    embedded=''
    for_each_process note_if_embedded
}
note_if_embedded() {
    case $newline$found in *"$newline$pid "*) return ;; esac
    set +f
    set -- "/proc/$pid/task/"*
    set -f
    # Sidekiq has a manager, a heartbeat and a scheduler thread beside its processors.
    [ $# -gt 3 ] && has_thread_of_sidekiq "$@" && note_embedded
}
has_thread_of_sidekiq() {
    for thread in "$@"; do
        name=''
        { read -r name <"$thread/comm"; } 2>/dev/null
        case $name in sidekiq.*) return 0 ;; esac
    done
    return 1
}
note_embedded() {
    read_stat "$pid" || return 0
    case $newline$found in *"$newline$parent "*) return 0 ;; esac # a job forked it
    describe running 0 0 -
    embedded=$embedded$described
}

# Checks the same workers again without scanning /proc and without starting a process. True if each
# is there and still quiet.
quick_check() {
    kept='' same=yes
    for_each_worker quick_check_one
    [ "$same" = yes ] && [ -n "$kept" ] || return
    found=$kept quick_checked=yes
}
quick_check_one() {
    [ "$same" = yes ] || return 0
    pid=$w_pid kind=none
    if read_stat "$pid" && [ "$start" = "$w_start" ] && read_title; then classify; fi
    case $kind.$stopping.$process_state in
    worker.yes.[!T]) kept="$kept$pid $start $parent quiet $busy $of $version $w_unit$newline" ;;
    *) same=no ;;
    esac
}

# A title is up to one heartbeat old. So a quiet worker counts as idle (0 busy) or as surely busy
# only after each look for longer than one heartbeat has shown it. $since holds the time of the
# first of these looks.
mark_idle() {
    read -r uptime _ </proc/uptime
    now=${uptime%%.*}
    [ "$quick_checked" = yes ] || full_scan=$now
    kept='' since_now=' ' count=0 count_idle=0 count_free=0
    for_each_worker mark_if_idle
    found=$kept since=$since_now
}
mark_if_idle() {
    count=$((count + 1))
    if [ "$w_state" = quiet ]; then
        shows=$w_id:free
        [ "$w_busy" -eq 0 ] || shows=$w_id:busy
        from=$now
        case $since in *" $shows="*) from=${since#*" $shows="} from=${from%% *} ;; esac
        since_now="$since_now$shows=$from "
        [ "$w_busy" -gt 0 ] || count_free=$((count_free + 1))
        if [ "$w_busy" -eq 0 ] && [ $((now - from)) -gt "$heartbeat_max" ]; then
            w_state=idle count_idle=$((count_idle + 1))
        fi
    fi
    kept="$kept$w_pid $w_start $w_parent $w_state $w_busy $w_of $w_version $w_unit$newline"
}

is_busy_for_certain() {
    from=${since#*" $w_id:busy="}
    [ "$from" != "$since" ] && [ $((now - ${from%% *})) -gt "$heartbeat_max" ]
}

list_units() {
    units=''
    for_each_worker add_unit
}
add_unit() {
    case " $units " in *" $w_unit "*) ;; *) units="$units $w_unit" ;; esac
}

# Counts the workers of the unit $1 by state.
count_workers() {
    counted=$1 total=0 idle=0 draining=0 awake=0 pids_here='' workers='' ignored_tstp='' suspended='' still_booting='' cropped=''
    for_each_worker count_worker
}
count_worker() {
    [ "$w_unit" = "$counted" ] || return 0
    total=$((total + 1)) pids_here="$pids_here${pids_here:+, }$w_pid" workers="$workers $w_pid"
    a_version=$w_version
    case $w_state in
    idle) idle=$((idle + 1)) ;;
    quiet) draining=$((draining + 1)) ;;
    running) awake=$((awake + 1)) ignored_tstp="$ignored_tstp${ignored_tstp:+, }$w_pid" ;;
    suspended) awake=$((awake + 1)) suspended="$suspended${suspended:+, }$w_pid" ;;
    booting)
        awake=$((awake + 1)) still_booting="$still_booting${still_booting:+, }$w_pid"
        # Ruby can write only as many bytes as the process had for arguments and environment at its
        # start.
        [ "$w_version" = - ] || cropped=', or its title is cut: it was started with too few words'
        ;;
    esac
}

# The instance line: the script's only output.

add_note() { notes="$notes${notes:+; }$1"; }

json_text() {
    printf '%s' "$1" | tr '\n' ' ' | tr -cd '\040-\176' | cut -c1-300 | sed 's/[\\"]/\\&/g'
}

shown_unit() {
    unit=$1
    case $unit in -) unit='' ;; *\\*) unit=$(json_text "$unit") ;; esac
}

# -> since_key: since when the worker of UNIT has been in STATE, as a key of the line; empty if
# unknown. For a process it is its start, which the kernel counts since boot in hundredths of a
# second (proc(5), USER_HZ).
find_since() { # STATE UNIT
    at=''
    case $action.$1 in
    status.running | status.booting) [ "$w_pid" -eq 0 ] || at=$((booted + w_start / 100)) ;;
    status.quiet | status.idle) read_time "$quieted/$w_id" ;;
    status.stopped) read_time "$records/$2" ;;
    esac
    since_key=''
    [ ${#at} -ne 10 ] || ! is_number "$at" || since_key=",\"since\":$at"
}
# -> at: the last word of file $1.
read_time() {
    { read -r at <"$1"; } 2>/dev/null
    at=${at##* }
}

# -> names: lines `ID NAME` of all Docker containers, from one call; empty if Docker does not
# answer.
read_names() {
    names=''
    case $found$stopped in *container:*) ;; *) return ;; esac
    run_list container: in_docker ps --all --format '{{.ID}} {{.Names}}' && names=$newline$listed
}
# -> inside: the worker's pid in its own pid namespace if that is another one, and its container's
# name, as keys of the line.
find_inside() { # PID UNIT
    inside='' value=''
    [ "$1" -eq 0 ] || read_status "$1" NSpid
    value=${value##*[[:space:]]}
    case $value in '' | "$1") ;; *) inside=",\"inside\":$value" ;; esac
    case $2.$names in container:*"$newline${2#*:} "*) ;; *) return ;; esac
    named=${names#*"$newline${2#*:} "} named=${named%%"$newline"*}
    case $named in '' | *[!A-Za-z0-9_.-]*) return ;; esac
    inside=",\"container\":\"$named\"$inside"
}

# -> with_dyno: the environments in which DYNO may be. One process for all workers.
find_dyno() {
    environments=/dev/null
    for_each_worker add_environment
    # shellcheck disable=SC2086 # to be split
    with_dyno=$(grep -ls DYNO= $environments)
}
add_environment() { environments="$environments /proc/$w_pid/environ"; }

# -> as: how Sidekiq calls the host of the worker, as a key of the line; no key if that is $host. It
# is DYNO, or the name in the UTS namespace (lib/sidekiq/component.rb). Any user can set DYNO: what
# does not fit becomes empty. Not looked up for workers that cannot fit into the line.
find_as() { # PID
    as='' named=$host
    case $1.$more in 0.* | *.??*) return ;; esac
    # shellcheck disable=SC3013 # dash, bash and busybox have it
    [ "/proc/$1/ns/uts" -ef /proc/self/ns/uts ] || named=$(nsenter -t "$1" -u uname -n 2>/dev/null)
    case $with_dyno in
    *"/proc/$1/environ"*) value=$(beginning_of "/proc/$1/environ" | tr '\n\0' ' \n' | grep ^DYNO=) && named=${value#*=} ;;
    esac
    [ "$named" != "$host" ] || return 0
    case $named in
    *[!!-~]* | *[\"\\]* | ?????????????????????????????????????????????????????????????????*) named='' ;;
    esac
    as=",\"as\":\"$named\""
}

# -> scripts: action and pid of each other running copy of this script. Only root's processes count:
# any user can give a process such a title.
find_scripts() {
    scripts='' ours=" $$ "
    for_each_process note_if_script
}
note_if_script() {
    read_title || return 0
    case $title in
    *snow-white-instance.shquiet | *snow-white-instance.shquiet[0-9]*) acts=quiet ;;
    *snow-white-instance.shwake | *snow-white-instance.shwake[0-9]*) acts=wake ;;
    *snow-white-instance.shstop | *snow-white-instance.shstop[0-9]*) acts=stop ;;
    *) return ;;
    esac
    read_stat "$pid" || return 0
    case $ours in *" $pid "* | *" $parent "*) return ;; esac # a child of one that was counted
    read_status "$pid" Uid
    case $value in *[!0[:space:]]*) return ;; esac
    ours="$ours$pid "
    [ ${#scripts} -gt 100 ] || scripts="$scripts${scripts:+,}{\"action\":\"$acts\",\"pid\":$pid}"
}

# Workers that keep the action from being complete come first. Up to $short bytes of the line, there
# is still room for the counts by state of all others. Between $short and $full there is not, so a
# worker is listed there only if all fit.
short=1650 full=1990
add_worker() { # PID UNIT VERSION BUSY OF STATE
    find_inside "$1" "$2"
    find_as "$1"
    shown_unit "$2"
    find_since "$6" "$2"
    entry="{\"pid\":$1,\"unit\":\"$unit\",\"version\":\"${3#-}\",\"busy\":$4,\"of\":$5,\"state\":\"$6\""
    entry="$comma$entry$since_key$inside$as}"
    comma=,
    if [ "$more" -eq 0 ] && [ $((${#line} + ${#entry})) -le "$short" ]; then
        line=$line$entry
        return
    fi
    more=$((more + 1)) more_here=$((more_here + 1)) busy_here=$((busy_here + $4)) beyond=$beyond$entry
}
add_if_listed() {
    [ "$w_state" != "$listed" ] || add_worker "$w_pid" "$w_unit" "$w_version" "$w_busy" "$w_of" "$w_state"
}

list_workers() {
    comma='' more=0 beyond='' more_by_state=''
    find_dyno
    case $action in
    wake) order='booting suspended stopped quiet idle running' ;;
    *) order='booting suspended running quiet idle stopped' ;;
    esac
    for listed in $order; do
        more_here=0 busy_here=0
        for_each_worker add_if_listed
        [ "$listed" != stopped ] || for unit_down in $stopped; do
            add_worker 0 "$unit_down" '' 0 0 stopped
        done
        [ "$more_here" -eq 0 ] ||
            more_by_state="$more_by_state${more_by_state:+,}\"$listed\":{\"workers\":$more_here,\"busy\":$busy_here}"
    done
    if [ $((${#line} + ${#beyond})) -le "$full" ]; then
        line="$line$beyond]"
    else
        line="$line],\"more\":$more,\"rest\":{$more_by_state}"
    fi
}

# finish OUTCOME: prints the line and exits with the code for it.
finish() {
    already_key=''
    [ "$1.$already" != done.yes ] || [ "$action" = status ] || already_key='"already":true,'
    { read -r host </proc/sys/kernel/hostname; } 2>/dev/null || host=''
    case $host in *[!A-Za-z0-9._-]*) host='' ;; esac
    find_scripts
    line="{\"snow_white\":1,\"action\":\"$action\",\"outcome\":\"$1\",$already_key\"host\":\"$host\","
    [ -z "$scripts" ] || line="$line\"scripts\":[$scripts],"
    line="$line\"note\":\"$(json_text "$notes")\",\"workers\":["
    read_names
    list_workers
    printf '%s}\n' "$line"
    case $action.$1 in
    *.done | status.no-worker) exit 0 ;;
    *.no-worker) exit 3 ;;
    *.busy) exit 4 ;;
    *) exit 1 ;;
    esac
}

# status: reports what each worker does; changes nothing.

status() {
    # The kernel's own time of the boot: the clock less the uptime would give a worker another start
    # in each look, as both are cut to seconds.
    booted=$(sed -n 's/^btime //p' /proc/stat)
    find_restarting
    find_workers
    find_restarting # again: some may have ended meanwhile
    for each in $seen; do
        add_starting_unit "$each"
    done
    find_active_without_worker
    for each in $units_without_worker; do
        add_booting_unit "$each"
    done
    find_embedded
    found=$found$embedded
    find_stopped
    [ -n "$found$stopped" ] || finish no-worker
    finish 'done'
}

# add_starting_unit UNIT: adds a booting worker to $found, unless the unit has a worker or has gone
# down meanwhile.
add_starting_unit() {
    case $newline$found in *" $1$newline"*) return ;; esac
    unit_state "$1"
    case $active in
    inactive | failed | gone) ;;
    *) add_booting_unit "$1" ;;
    esac
}
add_booting_unit() { found="${found}0 0 0 booting 0 0 - $1$newline"; }

# quiet: workers take no new job; ends when they have finished theirs.

quiet() {
    drain || finish_without_worker
    find_stopped
    [ "$already" = no ] || add_note 'was quiet already'
    finish 'done'
}

quiet_worker() {
    note_seen "$w_unit"
    [ "$w_state.$w_busy" = quiet.0 ] || [ "$w_state" = idle ] || already=no
    case $w_state in
    suspended) send CONT ;;
    running)
        case $signalled in *" $w_id "*) return ;; esac
        # These know no TSTP: it would suspend the process and its jobs.
        case $w_version in [1-4].*) too_old="$too_old${too_old:+, }$w_pid" && return ;; esac
        send TSTP && signalled="$signalled$w_id " && note_quieted
        ;;
    esac
}

# Returns 0 when every worker is quiet and idle, 1 if there is no worker.
drain() {
    read_last_wake
    woken_before=$woken too_old=''
    # Send TSTP before asking any service manager: one may hang.
    find_workers
    mark_idle
    for_each_worker quiet_worker
    find_workers_and_units
    forget_stopped
    forget_quieted
    empty_for=0
    while :; do
        end_if_woken
        mark_idle
        too_old=''
        for_each_worker quiet_worker
        if [ -n "$too_old" ]; then
            add_note "worker $too_old is of a Sidekiq below 5, which cannot be quieted with TSTP: send it USR1 by hand"
            finish failed
        fi
        [ "$quick_checked" = yes ] || watch_units
        if [ $((count_idle + count_stuck)) -eq "$count" ] && [ "$starting" = no ]; then
            # Decide only after a full scan.
            if [ "$quick_checked" = yes ]; then
                find_workers
                continue
            fi
            if [ -n "$stuck" ]; then
                say_stuck
                finish failed
            fi
            if [ "$count" -gt 0 ]; then
                are_units_stable && refuse_embedded && return 0
                pause 4
                find_workers
                continue
            fi
            # A wrapper that restarts its workers leaves a gap that systemd does not see.
            if [ "$seen" = ' ' ] || [ "$empty_for" -ge "$heartbeat_max" ]; then
                refuse_embedded
                return 1
            fi
            empty_for=$((empty_for + 2))
        fi
        # While nothing changes, a new worker may take jobs for up to $heartbeat_max s.
        if [ "$settling" = no ] && [ "$count_free" -eq "$count_idle" ]; then pause 4; else pause 2; fi
        { [ "$settling" = no ] && [ $((now - full_scan)) -lt "$heartbeat_max" ] && quick_check; } || find_workers
    done
}

# False while a service manager is still changing a unit that has workers: it may start them again.
# (systemd ends and restarts a unit of Type=notify at each timeout if it never reports ready.)
are_units_stable() {
    list_units
    for each in $units; do
        case $each in - | container:unnamed) continue ;; esac
        unit_state "$each"
        case $active in activating | deactivating | reloading) ;; *) continue ;; esac
        [ -n "$unready_from" ] || unready_from=$now
        [ $((now - unready_from)) -gt "$boot_limit" ] || return 1
        add_note "$each has been $active for more than $boot_limit s, so that its workers may be started anew: systemctl status says why"
        finish failed
    done
    unready_from=''
}

# Ends as failed if Sidekiq runs inside another program: nobody can quiet it there.
refuse_embedded() {
    find_embedded
    [ -n "$embedded" ] || return 0
    for_each_line "$embedded" name_embedded
    finish failed
}
name_embedded() {
    { read -r name <"/proc/$w_pid/comm"; } 2>/dev/null || name='a program'
    of_unit=''
    [ "$w_unit" = - ] || of_unit=" of $w_unit"
    add_note "Sidekiq runs inside $name (pid $w_pid$of_unit) and takes jobs: nobody can quiet it there from outside"
}

# Units that we stopped take no jobs: that is done. No worker and no such unit is no-worker.
finish_without_worker() {
    find_stopped
    if [ "$seen" != ' ' ]; then
        already=no
        add_note 'every worker ended while it was waited for, and none came back'
    elif [ -n "$stopped" ]; then
        add_note 'was stopped already'
    fi
    [ -n "$stopped" ] || finish no-worker
    finish 'done'
}

# wake: restarts units whose workers are all idle, and starts units that we stopped.

wake() {
    wait_until_settled
    find_stopped
    [ -n "$found$stopped$removed_units$unknown_units$stuck" ] || finish no-worker
    outcome_busy=no outcome_failed=no begun='' before=' '
    for_each_worker note_before
    list_units
    for each in $units; do
        wake_unit "$each"
    done
    start_stopped
    verify_awake
    mark_idle
    for_each_worker fail_unless_up
    for_each_worker fail_if_outlived
    fail_if_stuck
    forget_stopped
    find_stopped
    [ "$outcome_failed" = no ] || finish failed
    [ "$outcome_busy" = no ] || finish busy
    [ -n "$found" ] || finish no-worker
    [ "$already" = no ] || add_note 'was awake already'
    finish 'done'
}

# Waits until each quiet worker is known to be idle or busy, and none is booting, suspended or
# restarting.
wait_until_settled() {
    find_workers_and_units
    mark_idle
    began=$now
    while
        unsure=no
        for_each_worker settle_worker
        watch_units
        [ "$unsure$starting" != nono ] && [ $((now - began)) -le "$boot_limit" ]
    do
        already=no
        pause 1
        find_workers
        mark_idle
    done
}
settle_worker() {
    note_seen "$w_unit"
    case $w_state in
    suspended) send CONT && unsure=yes ;;
    booting) unsure=yes ;;
    running) [ ! -e "$quieted/$w_id" ] || unsure=yes ;; # it got TSTP and does not show it yet
    quiet) is_busy_for_certain || unsure=yes ;;
    esac
}

# Restarts a unit if all its workers are idle; otherwise adds a note with the reason.
wake_unit() {
    count_workers "$1"
    if [ "$draining" -gt 0 ]; then
        outcome_busy=yes
        add_note "$1: $draining of $total workers still run jobs, so none was restarted"
    elif [ "$idle" -gt 0 ] && [ "$awake" -gt 0 ]; then
        outcome_busy=yes
        add_note "$1: $awake of $total workers take jobs, so its quiet ones were not restarted; quiet it, then wake it"
    elif [ "$idle" -gt 0 ] && ! has_manager; then
        outcome_failed=yes
        add_note "$whose: $by_hand"
    elif [ "$idle" -gt 0 ]; then
        begin_unit restart "$1" "$total"
    fi
}

# begin_unit VERB UNIT WORKERS. verify_awake checks the result.
begin_unit() {
    { mkdir -p "$records" && printf '%s %s\n' "$$" "$now" >"$last_wake"; } 2>/dev/null ||
        add_note "cannot write $last_wake: a quiet under way here would quiet again what is woken now"
    already=no
    if said=$(control_unit "$1" "$2"); then
        begun="$begun $2=$3"
        return
    fi
    outcome_failed=yes
    add_note "$2 could not $1: $said"
}

start_stopped() {
    for each in $stopped; do
        workers=1
        { read -r workers _ <"$records/$each"; } 2>/dev/null
        is_number "$workers" || workers=1
        begin_unit start "$each" "$workers"
    done
    for each in $unknown_units; do
        outcome_failed=yes
        add_note "$each, stopped earlier, cannot be started: its service manager does not answer"
    done
    for each in $removed_units; do
        add_note "$each, stopped earlier, exists no more"
        rm -f "$records/$each"
    done
}

# Waits until each unit has as many new running workers as it had before.
verify_awake() {
    deadline=$boot_limit
    while :; do
        find_workers
        missing=''
        for each in $begun; do
            count_new "${each%=*}"
            [ "$new" -ge "${each##*=}" ] || missing="$missing $each"
        done
        [ -n "$missing" ] || break
        if [ "$deadline" -eq 0 ] || all_failed; then break; fi
        deadline=$((deadline - 1))
        pause 1
    done
    for each in $missing; do
        count_new "${each%=*}"
        count_starts "${each%=*}"
        outcome_failed=yes again=''
        [ "$started" -le 1 ] || again=", of $started that were started one after the other"
        add_note "${each%=*}: $new of ${each##*=} workers came back$again"
    done
}
count_new() {
    counted=$1 new=0
    for_each_worker count_new_one
}
count_new_one() {
    [ "$w_unit" = "$counted" ] || return 0
    [ "$w_state" != booting ] || note_start
    [ "$w_state" = running ] || return 0
    case $before in *" $w_id "*) ;; *) new=$((new + 1)) ;; esac
}
all_failed() {
    for each in $missing; do
        unit_state "${each%=*}"
        [ "$active" = failed ] || return 1
    done
}
fail_unless_up() {
    case $w_state in booting | suspended) ;; *) return ;; esac
    outcome_failed=yes
    add_note "worker $w_pid is still $w_state"
}
# With KillMode=process a unit's old workers outlive its restart.
fail_if_outlived() {
    case "$begun=$before" in *" $w_unit="*" $w_id "*) ;; *) return 0 ;; esac
    outcome_failed=yes
    add_note "worker $w_pid outlived the restart of $w_unit (KillMode=process, perhaps), and takes no job: end it by hand"
}
# Units that kept crashing before this wake and have no process now.
fail_if_stuck() {
    for each in $stuck; do
        count_workers "$each"
        count_starts "$each"
        case "$total $begun " in
        0*" $each="* | [!0]*) continue ;;
        esac
        outcome_failed=yes
        say_started_again "$each"
    done
}
note_before() { before="$before$w_id "; }

# stop: quiets the workers, then stops their units.

stop() {
    drain || finish_without_worker
    already=no outcome='done' ended=''
    list_units
    for each in $units; do
        stop_unit "$each" || outcome=failed
    done
    find_workers
    mark_idle
    find_stopped
    list_units
    for each in $units; do
        case "$ended " in *" $each "*) add_note "$each has a worker again" ;; esac
        outcome=failed
    done
    finish "$outcome"
}

# The record is written first, so that a wake finds the unit even if this script is killed.
stop_unit() {
    count_workers "$1"
    case $1 in
    *.service) ;;
    runsv:* | supervisord:*) note_supervised && return 1 ;;
    esac
    if ! has_manager; then
        add_note "$whose: quiet, but not stopped"
        return 1
    fi
    check_stop_timeout "$1"
    if ! { mkdir -p "$records" && printf '%s %s\n' "$total" "$(date +%s)" >"$records/$1"; } 2>/dev/null; then
        add_note "$1 was not stopped: cannot write in $records"
        return 1
    fi
    ended="$ended $1"
    said=$(control_unit stop "$1") && return 0
    add_note "$1 could not be stopped: $said"
    return 1
}

is_action() {
    case $#.${1-} in
    1.quiet | 1.wake | 1.stop | 1.status) ;;
    2.quiet | 2.wake | 2.stop) is_number "$2" && [ ${#2} -eq 10 ] ;;
    *) false ;;
    esac
}

if ! is_action "$@"; then
    echo 'usage: snow-white-instance.sh quiet|wake|stop|status [SECONDS]' >&2
    exit 2
fi
action=$1
if [ "$action" != status ] && [ "$(id -u)" -ne 0 ]; then
    add_note 'must be run by root'
    finish failed
fi
refuse_late "${2-0}"
"$action"
