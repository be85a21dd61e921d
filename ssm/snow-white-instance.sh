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

# One process, and numbers as /proc has them.

is_number() {
    case $1 in '' | *[!0-9]*) return 1 ;; esac
}

# As JSON writes it, and small enough to add up: a title is anybody's text.
is_count() {
    is_number "$1" && [ ${#1} -le 5 ] || return
    case $1 in 0?*) return 1 ;; esac
}

# for_each_process FUNCTION: calls it with pid, of each process here.
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

# The name in brackets may hold anything: what counts comes after the last one.
read_stat() {
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    # shellcheck disable=SC2086 # to be split
    set -- ${stat##*) }
    [ $# -ge 20 ] || return 1
    process_state=$1 parent=$2 start=${20}
}

# -> value: what follows the key $2 in /proc/$1/status, empty when the process is gone.
read_status() {
    value=''
    while IFS=: read -r key value; do
        [ "$key" != "$2" ] || return 0
        value=''
    done 2>/dev/null <"/proc/$1/status"
}

# climb PID LIST -> ancestor: the first of the process and those above it that is in the LIST, ` 1 2 `. Fails with 1 when none
# is, with 2 when one of them has ended meanwhile.
climb() {
    ancestor=$1
    while [ "$ancestor" -gt 1 ]; do
        case $2 in *" $ancestor "*) return 0 ;; esac
        read_stat "$ancestor" || return 2
        ancestor=$parent
    done
    return 1
}

# A pid is trusted only with its start time, looked at again right before.
send() {
    read_stat "$w_pid" && [ "$start" = "$w_start" ] && kill -s "$1" "$w_pid" 2>/dev/null
}

# What a process is by its title, which Sidekiq's heartbeat writes.

# Shells drop the NULs, so that arguments run together; a title set by Ruby is one argument. $some: `-n` and how much is
# read, where the shell can: anybody may have given a process megabytes of words.
read_title() {
    title=
    # shellcheck disable=SC2086,SC2229,SC3045 # nothing, or two words that bash and busybox know
    { IFS= read -r $some title <"/proc/$pid/cmdline"; } 2>/dev/null
    [ -n "$title" ]
}

# $title -> kind (worker, booting, swarm, none), version, busy, of, stopping. Tags may hold spaces and brackets:
# the bracket that counts is the last.
classify() {
    kind=none version='' busy=0 of=0 stopping=no prefixed=no cropped_title=no
    [ ${#title} -le "$longest_title" ] || cropped_title=yes
    case $title in
    sidekiq*) ;;
    *sidekiq*) leave_out_words ;;
    *) return ;; # as nearly all
    esac
    if [ "$cropped_title" = yes ]; then
        # Nothing in it is believed, but it may be a worker.
        case $prefixed.$title in no.'sidekiq '[0-9]*) kind=booting ;; esac
        return
    fi
    case $title in
    sidekiqswarm*) kind=swarm ;;
    'sidekiq '[0-9]*) classify_title ;;
    *sidekiq*) classify_command ;;
    esac
    # Behind other words a version is one of Sidekiq's: `bin/scale sidekiq 5` is a command.
    [ "$prefixed" = no ] || case $version in *.*) ;; *) kind=none ;; esac
}

# Some applications put words before Sidekiq's (PROCTITLES). A command line that quotes such a title is mostly no Ruby's.
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
    case ${title##* busy\]}' ' in *' stopping '*) stopping=yes ;; esac # others put a word of theirs before it
}

is_ruby() {
    { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || return
    case $comm in ruby* | bundle* | sidekiq*) ;; *) return 1 ;; esac
}

# A Ruby that was told to run Sidekiq and has no title of its own yet. Not an editor on sidekiq.rb, not a grep. Bundler
# loads the program into itself and sets the command line anew, as one string (bundler issue 4589).
classify_command() {
    is_ruby || return 0
    arguments=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | cut -c "-$longest_title")
    # shellcheck disable=SC2086 # to be split
    set -- $arguments
    first=${1-} last=path # of a name without one anybody may have called himself that
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

# What a unit runs, as its command and the scripts that it names say.

# -> words: what the unit $1 runs: the words of its command, and of the lines about Sidekiq in the shell scripts that
# the command is or names; main: the pid of its first process; files_root, directory: the root of its files
# and where it runs, by the unit. Paths are looked up in the host's files: what a worker itself shows (/proc/PID/cwd,
# /proc/PID/root) is in its own hands.
read_command() {
    main='' words='' directory='' files_root=''
    case $1 in
    container:*)
        shown_by "$1" inspect --type container --format '{{.State.Pid}} {{json .Config}}'
        is_number "${shown%% *}" || return 0
        main=${shown%% *} words=$shown
        [ "$main" -eq 0 ] || words=$(tr '\0' ' ' 2>/dev/null <"/proc/$main/cmdline")
        # Of a container's files only its first process tells.
        [ "$main" -eq 0 ] || files_root=/proc/$main/root directory=/proc/$main/cwd
        ;;
    *.service)
        shown_by "$1" show -p MainPID -p ExecStart -p WorkingDirectory -p RootDirectory
        take_command
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
# -> main, directory, files_root, words: of what systemd has $shown of a unit.
take_command() {
    main='' words='' directory='' files_root=''
    find_property MainPID && main=$value
    find_property WorkingDirectory && directory=${value#!}
    find_property RootDirectory && files_root=$value directory=$value$directory
    case $shown in *'argv[]='*) words=${shown#*'argv[]='} words=${words%%' ; ignore_errors='*} ;; esac
    case $words in *[\"\']*) words=$(printf '%s' "$words" | tr -d "\"'") ;; esac
}
# -> file: the path that the word $1 of a unit's command names; fails where it names none.
find_file() {
    case $1 in
    /*) file=$files_root$1 ;;
    */*) file=$directory/$1 ;;
    *) return 1 ;;
    esac
}
# names_sidekiq WORDS: Sidekiq itself, or what is called after it; not what only watches it.
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
# The same of the scripts that $words are or name, in any language.
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

# Whether a unit without a worker is awaited, of what read_command or take_command has found.
is_for_sidekiq() { names_sidekiq "$words" || scripts_name_sidekiq; }

# It is somebody else's file: it is not waited for, and what is found in it is never run.
beginning_of() {
    [ ! -f "$1" ] || timeout --foreground 5 head -c 65536 "$1" 2>/dev/null
}

first_line_of() { [ ! -f "$1" ] || beginning_of "$1" | head -n 1 | tr -d '\000'; }

# Those of file $1, whole where a \ carries one on, without comments and quotes.
lines_on_sidekiq() {
    beginning_of "$1" | sed -e ':a' -e '/\\$/{N;s/\\\n/ /;ba' -e '}' -e 's/^[[:space:]]*#.*//' |
        grep sidekiq | tr -d "\"'\000"
}

# -> grace: how long Sidekiq lets jobs run after TERM; of several the longest. From $words, what the unit runs, else from
# the file that is named there, else what Sidekiq does unless told. The file is the application's: no more than a number
# is taken from it.
find_grace() {
    grace=0 option='' config=config/sidekiq.yml place=$directory
    # shellcheck disable=SC2086 # to be split
    set -- $words
    while [ $# -gt 0 ]; do
        case $1 in
        sidekiq | */sidekiq | sidekiqswarm | */sidekiqswarm)
            [ -z "$option" ] || take_grace
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
    take_grace
}
take_grace() {
    case $config in /*) config=$files_root$config ;; *) config=$place/$config ;; esac
    is_count "$option" || option=$(beginning_of "$config" |
        sed -n 's/^[[:space:]]*:\{0,1\}timeout:[[:space:]]*\([0-9][0-9]*\)[[:space:]]*\(#.*\)\{0,1\}$/\1/p' | sort -n | tail -n 1)
    is_count "$option" || case $a_version in [1-5].*) option=8 ;; *) option=25 ;; esac
    [ "$option" -le "$grace" ] || grace=$option
}

# Whose process it is: its unit or its container, and whether that is there for Sidekiq alone.

# -> v1, v2: the process's control groups.
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
# logind puts what `su` starts into the scope of a new session: it is the unit's whose process started it.
find_unit_above() {
    ancestor=$pid
    while read_stat "$ancestor" && [ "$parent" -gt 1 ]; do
        ancestor=$parent
        read_groups "$ancestor"
        case $v1$v2 in *.service*) break ;; esac
    done
    unit_in_either
}

# cgroup path -> unit: `sidekiq.service`, `user@1000:sidekiq.service` for a user's own, or empty. Services that merely
# hold other people's processes are no worker's unit, nor is anything in a container with a systemd of its own.
# Below user@1000.service that user names the groups as they like: what is there is theirs, whatever it is called.
unit_in() {
    unit='' user=''
    IFS=/
    for part in $1; do
        part=${part#_} # systemd's escape for names that the kernel has taken
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
    -* | *[!A-Za-z0-9:_.@\\-]*) unit='' ;;
    esac
    [ -z "$unit" ] || unit=$user$unit
}

# A process in a PID namespace below ours is in a container, and so is one in a control group with a container's id:
# docker-ID.scope, docker/ID, libpod-ID.scope. What a container calls its unit is none of ours.
find_container() {
    container='' nested=no
    IFS=/
    for part in $1; do
        case $part in user@*.service) break ;; esac # below it that user names the groups
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

# Whether the unit $1 is there for its workers, $workers: it names Sidekiq, or they are its first process or descend
# from it and run as the same user. One that holds them by chance, or holds a process that only looks like Sidekiq
# (a web server's, say), would be restarted to the harm of others. If not, `why`.
is_own() {
    read_command "$1"
    why='is not for Sidekiq alone as far as can be seen'
    case $1 in container:*) is_own_container; return ;; esac
    ! names_sidekiq "$words" || return 0 # not scripts_name_sidekiq: a web server's script may mention it
    for each_worker in $workers; do
        read_status "$each_worker" Uid
        uids=$value
        climb "$each_worker" " $main " || return 1
        read_status "$ancestor" Uid
        [ -n "$value" ] && [ "$value" = "$uids" ] || return 1
    done
}
# The name of a control group is not believed: Docker has to say which process the container is.
is_own_container() {
    case $shown in
    *'"com.amazonaws.ecs.'* | *'"io.kubernetes.'* | *'"com.docker.swarm.'*)
        why='is started by ECS, Kubernetes or Swarm'
        return 1
        ;;
    esac
    for each_worker in $workers; do
        climb "$each_worker" " $main " && continue
        why='is unknown to Docker here'
        return 1
    done
    names_sidekiq "$words" # no more of its files: they are in its own hands
}

# Whether every process in the unit $1 is one of its workers, $workers, or below one, or a pure wrapper above one. A restart
# and a stop hit all that are in the unit's control group, which is the kernel's word. If not, `why`.
runs_nothing_else() {
    asked=$1 above=' ' others='' others_more=0
    for ancestor in $workers; do
        while read_stat "$ancestor" && [ "$parent" -gt 1 ]; do
            ancestor=$parent above="$above$parent "
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
    case $above in *" $pid "*) is_wrapper && return ;; esac
    climb "$pid" " $workers "
    [ $? -ne 1 ] # 2: it has ended
}
# By the program that the kernel says it runs. Of Sidekiq's own, the parent of a swarm.
is_wrapper() {
    for program in /bin/sh /bin/bash /bin/dash /bin/su /usr/bin/sudo /usr/sbin/runuser /usr/bin/setpriv /usr/bin/env \
        /usr/bin/timeout /usr/bin/nice /usr/bin/ionice /usr/bin/chrt /usr/bin/flock /usr/bin/setsid /usr/bin/unshare \
        /usr/bin/tini /usr/bin/dumb-init /sbin/docker-init; do
        # shellcheck disable=SC3013 # dash, bash and busybox have it
        [ ! "/proc/$pid/exe" -ef "$program" ] || return 0
    done
    read_title && classify && [ "$kind" = swarm ]
}
note_other() {
    { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || return 0
    case $others in *,*,*) others_more=$((others_more + 1)) && return ;; esac
    others="$others${others:+, }$comm (pid $pid)"
}

# Who restarts and ends the workers that were counted last; fails when that is nobody that we speak to.
has_manager() {
    whose="no service owns worker $pids_here" by_hand='restart it by hand'
    case $counted in
    -) return 1 ;;
    *.service) ;;
    runsv:* | supervisord:*) return 0 ;; # each restarts one process, which is the worker
    esac
    is_own "$counted" && runs_nothing_else "$counted" && return
    whose="worker $pids_here runs in $counted, which $why"
    case $counted.$why in
    container:unnamed.*) by_hand='restart it by hand with what started it' ;;
    container:*Docker*) by_hand="restart it by hand with what started it (podman restart ${counted#*:}, for example)" ;;
    container:*alone*) by_hand="restart it by hand (docker restart ${counted#*:})" ;;
    container:*) by_hand='stop its task or pod there, and a new one takes jobs' ;;
    esac
    return 1
}

# Supervisors of single processes: runit's runsv and supervisord, where root runs them on the host. A worker that is the
# child of one is its and not the unit's in which the supervisor runs: `runsv:PID` or `supervisord:PID` is its unit here.

# find_supervisor PARENT: -> unit, of a process with that parent; else unit stays as it is. That root runs the parent,
# and which program it is, are the kernel's words. A worker in a container has other supervisors than the host's.
find_supervisor() {
    case $unit in container:*) return ;; esac
    if is_runsv "$1"; then
        unit=runsv:$1
    elif is_supervisord "$1"; then
        unit=supervisord:$1
    fi
}
is_runsv() { runs_one_of "$1" /usr/bin/runsv /usr/sbin/runsv /usr/local/bin/runsv && is_roots_process "$1"; }
is_supervisord() {
    is_roots_process "$1" || return 1
    sv_pid=$1
    set +f
    set -- /usr/bin/python[23]* /usr/local/bin/python[23]*
    set -f
    runs_one_of "$sv_pid" "$@" || return 1
    sv_words=''
    # shellcheck disable=SC2086,SC2229,SC3045 # nothing, or two words that bash and busybox know
    { IFS= read -r $some sv_words <"/proc/$sv_pid/cmdline"; } 2>/dev/null
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
# Its real, effective, saved and file system's user. The real one of a setuid program is who called it.
is_roots_process() {
    read_status "$1" Uid
    case $value in '' | *[!0[:space:]]*) return 1 ;; esac
}

# supervisor_state UNIT -> active. What has ended may come back as long as its supervisor lives.
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

# -> sv_name: what supervisord calls the worker $w_pid. What supervisorctl reads, and the program itself, must be root's.
find_program() {
    find_ctl "${w_unit#*:}" && is_roots_alone "$sv_ctl" && { [ -z "$sv_conf" ] || is_roots_alone "$sv_conf"; } || return 1
    sv_limit=60
    sv_said=$(ctl status)
    case $sv_said in *" pid $w_pid,"*) ;; *) return 1 ;; esac
    sv_name=${sv_said%%" pid $w_pid,"*}
    sv_name=${sv_name##*"$newline"} sv_name=${sv_name%% *}
    case $sv_name in '' | -* | *[!A-Za-z0-9_.:-]*) return 1 ;; esac
}
# -> sv_ctl: the supervisorctl beside it; sv_conf: the file that both read, empty where it is one that they find themselves.
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
        /*.-*c) sv_conf=${2-} ;; # also of several letters
        /*.-c?*) sv_conf=${1#-c} ;;
        esac
        shift
    done
    [ -n "$sv_ctl" ]
}
# Root alone can change what is at the path $1: no part of it is a link, another user's, or writable for others.
is_roots_alone() {
    case $1 in /*) ;; *) return 1 ;; esac
    case $1/ in */../* | */./* | *//*) return 1 ;; esac
    [ -f "$1" ] || return 1
    sv_part=$1
    while [ -n "$sv_part" ]; do
        sv_listed=$(ls -ldn "$sv_part" 2>/dev/null)
        case $sv_listed in [-d]????[!w]??[!w]*' 0 '*) ;; *) return 1 ;; esac
        sv_listed=${sv_listed#* } # the number of links, then the owner
        while case $sv_listed in ' '*) ;; *) false ;; esac; do sv_listed=${sv_listed# }; done
        sv_listed=${sv_listed#* }
        case $sv_listed in '0 '*) ;; *) return 1 ;; esac
        sv_part=${sv_part%/*}
    done
}
# In / it finds no file of anybody else's.
ctl() {
    [ -z "$sv_conf" ] || set -- -c "$sv_conf" "$@"
    (cd / && timeout --foreground "$sv_limit" "$sv_ctl" "$@" </dev/null 2>&1)
}

# Each of the workers that were counted last. Says why not.
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
# runsv starts anew what ends, unless a person has told it otherwise (`sv once`, `sv down`).
end_under_runsv() {
    read_runsv "${w_unit#*:}"
    if [ "$sv_said" = run ]; then send TERM; else sv_refused="runsv does not keep worker $w_pid running: sv status says how"; fi
}
# -> sv_said: run or down, what the runsv of that pid writes of its service; else empty. The folder may be a user's: a link
# in it is not followed, and no other word of it is told.
read_runsv() {
    sv_said='' sv_stat=/proc/$1/cwd/supervise
    if [ -L "$sv_stat" ] || [ -L "$sv_stat/stat" ]; then return; fi
    case $(beginning_of "$sv_stat/stat") in
    run) sv_said=run ;;
    down*) sv_said=down ;;
    esac
}
# Sidekiq ends with 0 after TERM, and by default supervisord does not start anew what ends so: it is told to do both.
restart_in_supervisord() {
    if ! find_program; then
        sv_refused="supervisorctl does not name worker $w_pid"
    else
        # It waits for the worker's end, stopwaitsecs, and asks for the start only then.
        sv_limit=300
        sv_said=$(ctl restart "$sv_name") && return 0
        sv_refused="supervisorctl restart $sv_name failed: ${sv_said:-no word}"
        ctl start "$sv_name" >/dev/null || :
    fi
}

# What a stop says of the workers that were counted: TERM would end them for a moment only.
leave_supervised() { for_each_worker leave_if_counted; }
leave_if_counted() {
    [ "$w_unit" = "$counted" ] || return 0
    name_end
    add_note "worker $w_pid is run by ${w_unit%:*}, which may start it anew: quiet, but not stopped: $sv_end"
}
# -> sv_end: what a person types to end the worker $w_pid for good.
name_end() {
    sv_end="end it with ${w_unit%:*}'s own command"
    case $w_unit in
    runsv:*)
        sv_folder=$(cd "/proc/${w_unit#*:}/cwd" 2>/dev/null && pwd -P)
        case $sv_folder in '' | *[!A-Za-z0-9_./-]*) ;; *) sv_end="sv down $sv_folder" ;; esac
        ;;
    *) ! find_program || sv_end="supervisorctl stop $sv_name" ;;
    esac
}

# The host's service managers: systemd, a user's systemd, Docker and Upstart.

# shown_by UNIT WORDS… -> shown: what its service manager prints. A user's systemd that once did not answer in time is
# not asked again.
shown_by() {
    shown=''
    case $1$mute in user@*:*"/${1%%:*}:/"*) return 1 ;; esac
    shown=$(manager "$@")
    case $?.$1 in 137.user@*) mute=$mute${1%%:*}:/ ;; esac
}
# manager UNIT WORDS…: says them to the service manager whose unit it is.
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

# ask WORDS…: to the host's own service manager, which may hang. A stop and a restart that it carries out while we wait take
# as long as the unit is given.
ask() {
    case " $* " in
    *' --no-block '*) timeout --foreground 10 "$@" ;;
    *' stop '* | *' restart '* | *' start '*) "$@" ;;
    *) timeout --foreground 10 "$@" ;;
    esac
}

# as_user user@NUMBER WORDS…: as that user, to reach the systemd of theirs, which listens to nobody else. It may not
# answer, and what runs as them is in their hands: it gets neither our environment nor what we wait on. Root ends it
# after its time, with the return code 137, and reads no more than 64 KiB of it.
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

# A daemon that hangs is not waited for; the end of a container is, for as long as it was given.
in_docker() {
    case $1 in inspect | ps) patience=20 ;; *) patience=$((grace + 60)) ;; esac
    timeout --foreground "$patience" docker "$@"
}

# service VERB UNIT. A start is only begun: what comes of it is looked at by prove_awake, for all units at once.
service() {
    case $1.$2 in
    start.container:*) grace=0 && manager "$2" start ;;
    *.container:*) find_grace && manager "$2" "$1" -t $((grace + 5)) ;;
    stop.*) manager "$2" "$1" ;;
    *.service) manager "$2" --no-block "$1" ;;
    restart.runsv:* | restart.supervisord:*) restart_supervised ;;
    *) manager "$2" "$1" ;;
    esac
}

# -> active: active, activating, deactivating, inactive, failed; gone when no such unit exists; unknown when nobody says
# so. queued: yes when systemd has its start before it. shown: all that was said.
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
        # Down for a moment: between the halves of a restart, or until what it is ordered after has come up.
        case $active.$shown in inactive.*Job=[1-9]* | failed.*Job=[1-9]*) active=activating queued=yes ;; esac
        ;;
    *start/running* | State=running) active=active ;;
    *' start/'* | *' respawn/'* | State=restarting) active=activating ;;
    State=created | State=exited | State=dead) active=failed ;; # it comes up no more by itself
    *stop/waiting* | *'Unknown instance'*) active=inactive ;;
    *' stop/'*) active=deactivating ;;
    *) active=unknown ;;
    esac
}

# -> value: of the property $1 in $shown; fails where that has none.
find_property() {
    case $newline$shown in *"$newline$1="*) ;; *) return 1 ;; esac
    value=$newline$shown value=${value#*"$newline$1="} value=${value%%"$newline"*}
}

# -> seconds, of systemd's "1min 30s"; fails for infinity and what else is no such time.
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

# -> seconds, limit: how long the unit $1 has after TERM, and how that is written. Fails when there is no limit.
find_stop_timeout() {
    case $1 in
    container:*) return 1 ;; # it is told with each stop
    *.service)
        shown_by "$1" show -p TimeoutStopUSec
        limit=${shown#*=}
        in_seconds "$limit" || return 1
        limit=TimeoutStopSec=$limit
        ;;
    *)
        seconds=5 # Upstart's own
        while read -r stanza what value _; do
            [ "$stanza $what" != 'kill timeout' ] || seconds=$value
        done 2>/dev/null <"$job_files/${1%%'('*}.conf"
        is_count "$seconds" || return 1
        limit="kill timeout $seconds"
        ;;
    esac
}

# Sidekiq wants 5 s more before KILL. $words: of read_command.
check_stop_timeout() {
    find_stop_timeout "$1" || return 0
    find_grace
    [ "$seconds" -ge $((grace + 5)) ] || add_note "$1: $limit leaves Sidekiq less than its $grace s + 5 s"
}

# Jobs of Upstart.

list_jobs() {
    jobs=''
    [ ! -d /run/systemd/system ] && command -v initctl >/dev/null || return 0
    jobs=$newline$(ask initctl list 2>/dev/null)$newline
}

# Upstart knows a job's first process only: ours is that one or below it.
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

# -> unit: the job or instance of one that initctl calls `worker` or `worker (2)`; empty where the script cannot name it.
name_job() {
    unit=$1
    case $unit in *' ('*')') unit=${unit%%' ('*}"(${unit#*' ('}" && find_variable "$unit" ;; esac
    case ${unit%'('*')'} in -* | *[!A-Za-z0-9_.-]*) unit='' ;; esac
}

# worker(2) -> instance: `id=2`, what a job with `instance $id` in its file is told which one is meant. A job that
# puts several variables together is left out: unit becomes empty.
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

# All workers of this host.

# -> found: a line `PID START PARENT STATE BUSY OF VERSION UNIT` for each worker, `-` for what is empty.
look() {
    [ "$known" != unread ] || read_known
    forget_dead
    found='' swarms='' glanced=no
    list_jobs
    for_each_process look_at
    leave_out_children
    add_booting_swarms
}
look_at() {
    read_title # none: of the kernel's own, or of a worker whose job has set an empty one
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
# describe STATE BUSY OF VERSION -> described: the line of the process with pid, start and parent.
describe() {
    described="$pid $start $parent $1 $2 $3 $4" # before find_unit, which reads other processes, too
    described_parent=$parent
    find_unit
    find_supervisor "$described_parent"
    described="$described ${unit:--}$newline"
}

# What has once shown a worker's title is a worker until it ends: a job may set another title for a while.
note_known() {
    case $known in *" $pid:$start "*) ;; *) known="$known$pid:$start " ;; esac
}
# Where many have come and gone, only those that live stay in $known and $signalled: `pid:start`, 20 bytes at most.
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
# Of earlier runs: those that were told to take no job.
read_known() {
    known=' '
    set +f
    set -- "$quieted"/*
    set -f
    for note in "$@"; do
        [ ! -f "$note" ] || known="$known${note##*/} "
    done
}
# -> kind, busy, stopping of a known worker that shows another title: how many jobs it runs is not known, which is not none.
is_known() {
    case $known in *" $pid:"*) ;; *) return 1 ;; esac
    read_stat "$pid" || return 1
    case $process_state$known in Z* | X*) return 1 ;; *" $pid:$start "*) ;; *) return 1 ;; esac
    kind=worker busy=1 of=1
    case $signalled in *" $pid:$start "*) stopping=yes ;; esac
    [ ! -e "$quieted/$pid:$start" ] || stopping=yes
}

# What a job has forked carries the worker's title, but is part of the job.
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

# sidekiqswarm passes signals on, so its children are the workers; with none yet, it is booting.
add_booting_swarms() {
    for swarm in $swarms; do
        pid=${swarm%:*} start=${swarm#*:} parent=0
        case $parents in *" $pid "*) continue ;; esac
        describe booting 0 0 -
        found=$found$described
    done
}

# for_each_worker FUNCTION: calls it with w_pid, w_start, … of each line of $found.
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

# -> embedded: a line as in $found for each process that is no worker and has a thread that Sidekiq has
# named (`sidekiq.NAME` since 7, lib/sidekiq/component.rb): it runs inside another program, a web server say. A thread's
# name is anybody's, so that it only makes an answer stricter: nothing is signalled, restarted or stopped for it.
find_embedded() {
    embedded=''
    for_each_process note_if_embedded
}
note_if_embedded() {
    case $newline$found in *"$newline$pid "*) return ;; esac
    set +f
    set -- "/proc/$pid/task/"*
    set -f
    # Sidekiq has its processors beside a manager, a heartbeat and a scheduler.
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
    case $newline$found in *"$newline$parent "*) return 0 ;; esac # a job has forked it
    describe running 0 0 -
    embedded=$embedded$described
}

# The same workers once more, without all of /proc and without a process: true when each is there and quiet still.
glance() {
    kept='' same=yes
    for_each_worker glance_at_one
    [ "$same" = yes ] && [ -n "$kept" ] || return
    found=$kept glanced=yes
}
glance_at_one() {
    [ "$same" = yes ] || return 0
    pid=$w_pid kind=none
    if read_stat "$pid" && [ "$start" = "$w_start" ] && read_title; then classify; fi
    case $kind.$stopping.$process_state in
    worker.yes.[!T]) kept="$kept$pid $start $parent quiet $busy $of $version $w_unit$newline" ;;
    *) same=no ;;
    esac
}

# A title is up to one heartbeat old. What a quiet worker shows counts when it has shown it, look after look,
# for longer than that: 0 busy makes it idle, more makes it busy for certain. `since` remembers from when.
judge() {
    read -r uptime _ </proc/uptime
    now=${uptime%%.*}
    [ "$glanced" = yes ] || looked=$now
    kept='' since_now=' ' count=0 count_idle=0 count_free=0
    for_each_worker judge_one
    found=$kept since=$since_now
}
judge_one() {
    count=$((count + 1))
    if [ "$w_state" = quiet ]; then
        shows=$w_id:free
        [ "$w_busy" -eq 0 ] || shows=$w_id:busy
        from=$now
        case $since in *" $shows="*) from=${since#*" $shows="} from=${from%% *} ;; esac
        since_now="$since_now$shows=$from "
        [ "$w_busy" -gt 0 ] || count_free=$((count_free + 1))
        if [ "$w_busy" -eq 0 ] && [ $((now - from)) -gt "$beat" ]; then
            w_state=idle count_idle=$((count_idle + 1))
        fi
    fi
    kept="$kept$w_pid $w_start $w_parent $w_state $w_busy $w_of $w_version $w_unit$newline"
}

is_busy_for_certain() {
    from=${since#*" $w_id:busy="}
    [ "$from" != "$since" ] && [ $((now - ${from%% *})) -gt "$beat" ]
}

units_of_found() {
    units=''
    for_each_worker add_unit
}
add_unit() {
    case " $units " in *" $w_unit "*) ;; *) units="$units $w_unit" ;; esac
}

# How many workers of $1 are in which state.
count_in() {
    counted=$1 here=0 idle=0 waiting=0 awake=0 pids_here='' workers='' deaf='' asleep='' unborn='' cropped=''
    for_each_worker count_one
}
count_one() {
    [ "$w_unit" = "$counted" ] || return 0
    here=$((here + 1)) pids_here="$pids_here${pids_here:+, }$w_pid" workers="$workers $w_pid"
    a_version=$w_version
    case $w_state in
    idle) idle=$((idle + 1)) ;;
    quiet) waiting=$((waiting + 1)) ;;
    running) awake=$((awake + 1)) deaf="$deaf${deaf:+, }$w_pid" ;;
    suspended) awake=$((awake + 1)) asleep="$asleep${asleep:+, }$w_pid" ;;
    booting)
        awake=$((awake + 1)) unborn="$unborn${unborn:+, }$w_pid"
        # Ruby writes no more than there was room for when the process began: its words and its environment.
        [ "$w_version" = - ] || cropped=', or its title is cut: it was started with too few words'
        ;;
    esac
}

# Units for Sidekiq that have no worker yet, or boot one, or are being restarted.

# The first look may fall between a worker's end and its restart.
look_for_any() {
    find_restarting
    look
    find_restarting # what ended meanwhile
    find_hollow
    for each in $hollow_units; do
        note_seen "$each"
    done
    [ "$found$seen" = ' ' ] || return 0
    find_stopped
    [ -z "$stopped" ] || return 0
    pause 2
    look
}

# -> seen: adds the units for Sidekiq that may have no process now, and that their service manager is about to start. It
# waits for a moment after a crash (Docker for up to a minute), for the end of a restart's first half, or for what the
# unit is ordered after.
find_restarting() {
    if [ -S /run/docker.sock ]; then
        find_restarting_of container: in_docker ps --filter status=restarting --format '{{.ID}}'
    fi
    if [ ! -d /run/systemd/system ]; then
        find_restarting_jobs
        return
    fi
    for_each_systemd find_waiting_of
}
# for_each_systemd FUNCTION: calls it with PREFIX WORDS…, of the host's systemd and each user's: the words reach it, and
# its units are known here with the prefix.
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
find_waiting_of() {
    find_restarting_of "$@" list-units --type=service --state=activating,reloading,deactivating --no-legend --plain
    find_restarting_of "$@" list-jobs --no-legend
}
# list_of PREFIX WORDS… -> listed: what the words print; prefix. A manager that let its time pass is not asked again: fails.
list_of() {
    prefix=$1
    case $mute in *"/$prefix/"*) return 1 ;; esac
    shift
    listed=$("$@" </dev/null 2>/dev/null)
    case $? in 124 | 137) mute=$mute$prefix/ ;; esac
}
is_unit_name() {
    case $1 in '' | -* | *[!A-Za-z0-9:_.@\\-]*) return 1 ;; esac
}
# find_restarting_of PREFIX WORDS…: the words list them.
find_restarting_of() {
    list_of "$@" || return 0
    # shellcheck disable=SC2086 # to be split
    set -- $listed
    while [ $# -gt 0 ]; do
        each=$1 job=${2-}
        shift
        is_unit_name "$prefix$each" || continue
        case $prefix$each in container:* | *.service) ;; *) continue ;; esac
        unit_state "$prefix$each"
        is_coming && note_if_for_sidekiq "$prefix$each"
    done
}
# Whether the unit that unit_state was asked for last will be started without anybody's doing. $job: the word after its
# name in the list; in a list of jobs that is the job's type. A unit that runs a task and ends (a timer's, a deploy's) has
# no worker, whatever its command names.
is_coming() {
    case $shown in *Type=oneshot*) return 1 ;; esac
    case $active.$job in
    *.stop) return 1 ;;
    activating.* | reloading.*) ;;
    deactivating.restart | deactivating.start | deactivating.try-restart | deactivating.reload-or-start) ;;
    deactivating.*)
        # Without a job nobody stops it: its process has ended by itself.
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

# Of Upstart's jobs those whose goal is to run and that do not run: `worker start/pre-start`, `worker (2) respawn/killed`.
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

# Of the units that had a worker here those that boot one, or are being restarted: `coming` while they may take their
# time, then `stuck`; so is one with a worker that does not show what it was told. The time runs until all workers of
# the unit are at one look idle, or busy for certain (wake: or awake), so that one that comes up and dies again and
# again is stuck as well as one that hangs. `moving`: some unit's time runs.
watch_units() {
    unsettled_now=' ' coming=no moving=no stuck='' count_stuck=0
    for watched in $seen; do
        here=0 late=0 booting=0 restarting=no hollow=no lacking=no settled=yes
        for_each_worker watch_one
        [ "$here" -gt 0 ] || watch_empty_unit
        case $watched in supervisord:*) watch_supervised ;; esac
        [ "$settled" = no ] || continue
        from=$now
        case $unsettled in *" $watched="*) from=${unsettled#*" $watched="} from=${from%% *} ;; esac
        unsettled_now="$unsettled_now$watched=$from "
        if [ $((now - from)) -le "$boot_limit" ]; then
            moving=yes
            [ "$booting.$restarting.$hollow.$lacking" = 0.no.no.no ] || coming=yes
        elif [ "$late.$restarting.$hollow" != 0.no.no ]; then
            stuck="$stuck $watched" count_stuck=$((count_stuck + late))
        fi
    done
    unsettled=$unsettled_now
}
watch_one() {
    [ "$w_unit" = "$watched" ] || return 0
    here=$((here + 1))
    case $action.$w_state in
    *.idle | wake.running) return ;;
    *.quiet) is_busy_for_certain && return ;;
    *.booting) booting=$((booting + 1)) late=$((late + 1)) && note_start ;;
    *) late=$((late + 1)) ;;
    esac
    settled=no
}
# All workers of a supervisord are one unit here: where fewer show than did, one may be between two starts.
watch_supervised() {
    sv_most=0
    case $most in *" $watched="*) sv_most=${most##*" $watched="} sv_most=${sv_most%% *} ;; esac
    [ "$here" -le "$sv_most" ] || most="$most$watched=$here "
    [ "$here" -ge "$sv_most" ] || { lacking=yes settled=no; }
}
watch_empty_unit() {
    active=unknown
    [ "$watched" = - ] || unit_state "$watched"
    case $active in
    activating | deactivating | reloading)
        restarting=yes settled=no
        case $bounced in *" $watched "*) ;; *) bounced="$bounced$watched " ;; esac
        ;;
    active)
        # What it has started does not look like Sidekiq yet, or does not any more.
        find_property MainPID && is_above_a_worker "$value" || hollow=yes settled=no
        ;;
    unknown) settled=no ;;
    esac
}
note_start() {
    [ "${#starts}" -le $((most_notes * 60)) ] || return 0
    case $starts in *" $w_unit/$w_id "*) ;; *) starts="$starts$w_unit/$w_id " ;; esac
}
# -> started: how many booting workers of the unit $1 were seen; each may have come and gone between two looks.
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
# It runs, and was never seen between two starts.
is_hollow() {
    case $1$bounced in -* | *" $1 "*) return 1 ;; esac
    unit_state "$1"
    [ "$active" = active ]
}
say_stuck() {
    for each in $stuck; do
        count_in "$each"
        count_starts "$each"
        name=$each
        [ "$each" != - ] || name='no unit'
        [ -z "$deaf" ] || add_note "worker $deaf of $name was told to take no job, and did not show that it obeys in $boot_limit s"
        [ -z "$asleep" ] || add_note "worker $asleep of $name is suspended, and stays so"
        if [ "$started" -le 1 ] && [ -n "$unborn" ]; then
            add_note "worker $unborn of $name has been booting for more than $boot_limit s$cropped"
        elif [ -n "$deaf$asleep" ]; then
            :
        elif [ "$here.$started" = 0.0 ] && is_hollow "$each"; then
            add_note "$name is for Sidekiq and runs, but none of its processes has shown itself as a worker for more than $boot_limit s"
        else
            say_started_again "$name"
        fi
    done
}

# Units for Sidekiq that run and have no worker yet.

# -> hollow_units: the units for Sidekiq that have processes and no worker in $found. While none of its processes shows
# itself as a worker such a unit is coming, however its command was typed and whatever its processes call themselves: what
# a unit runs is root's word.
find_hollow() {
    hollow_units=''
    [ -d /run/systemd/system ] || return 0
    for_each_systemd find_hollow_of
}
find_hollow_of() {
    list_of "$@" show -p Id -p Type -p ExecStart -p MainPID -p ActiveState -p SubState -p WorkingDirectory \
        -p RootDirectory -- '*.service' || return 0
    first_property=${listed%%=*} # of each unit: all have the same, in the same order
    IFS=$newline
    # shellcheck disable=SC2086 # to be split
    set -- $listed "$first_property="
    unset IFS
    shown=''
    for line_shown in "$@"; do
        case $line_shown in
        "$first_property="*)
            ! is_hollow_for_sidekiq || hollow_units="$hollow_units $prefix$id_shown"
            shown=''
            ;;
        esac
        shown=$shown$line_shown$newline
    done
}
# Of $shown. -> id_shown
is_hollow_for_sidekiq() {
    case $newline$shown in
    *"${newline}Type=oneshot$newline"* | *"${newline}SubState=exited$newline"*) return 1 ;; # a task that ends, or has
    *"${newline}ActiveState=active$newline"* | *"${newline}ActiveState=reloading$newline"*) ;;
    *"${newline}ActiveState="*activating"$newline"*)
        case $newline$shown in *"${newline}MainPID="[1-9]*) ;; *) return 1 ;; esac # deactivating, too
        ;;
    *) return 1 ;;
    esac
    find_property Id && id_shown=$value
    is_unit_name "$prefix$id_shown" || return 1
    case $newline$found in *" $prefix$id_shown$newline"*) return 1 ;; esac
    take_command
    case $words in *docker* | *podman* | *nerdctl*) return 1 ;; esac # its worker is in a container
    is_for_sidekiq || return 1
    ! is_above_a_worker "$main"
}
# A worker may have left the unit's control group: `su` under logind puts it into a session's.
is_above_a_worker() {
    a_main=$1 above_one=no
    [ "$a_main" -gt 1 ] || return 1
    for_each_worker climb_to_main
    [ "$above_one" = yes ]
}
climb_to_main() { ! climb "$w_pid" " $a_main " || above_one=yes; }

# Notes of earlier runs: units that were stopped, workers that were told to take no job, the last wake.

# -> stopped: units that we stopped and that are down; gone: those that exist no more; hidden: those of which nobody
# says anything. Reads only.
find_stopped() {
    stopped='' gone='' hidden=''
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
        gone) gone="$gone $record" ;;
        inactive | failed) stopped="$stopped $record" ;;
        unknown) hidden="$hidden $record" ;;
        esac
    done
}

# A note on a unit whose workers are there again has served.
forget_stopped() {
    units_of_found
    for each in $units; do
        [ ! -e "$records/$each" ] || rm -f "$records/$each"
    done
}

# For people; a quiet does not fail for want of it. Workers that come and go without end fill no disk.
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
        told=${note##*/}
        case $newline$found in *"$newline${told%:*} ${told#*:} "*) ;; *) rm -f "$note" ;; esac
    done
}

# Whoever asks last is obeyed: a wake ends the drains that are under way, else they would quiet what it woke.
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

# What is said at the end.

add_note() { notes="$notes${notes:+; }$1"; }

json_text() {
    printf '%s' "$1" | tr '\n' ' ' | tr -cd '\040-\176' | cut -c1-300 | sed 's/[\\"]/\\&/g'
}

shown_unit() {
    unit=$1
    case $unit in
    -) unit='' ;;
    *\\*) unit=$(json_text "$unit") ;;
    esac
}

# -> when: since when a worker of that unit has been in that state, as the line has it; empty where nobody knows. Of a
# process it is its start, which the kernel counts from its boot in hundredths of a second (proc(5), USER_HZ).
find_when() { # STATE UNIT
    at=''
    case $action.$1 in
    status.running | status.booting) [ "$w_pid" -eq 0 ] || at=$((booted + w_start / 100)) ;;
    status.quiet | status.idle) read_time "$quieted/$w_id" ;;
    status.stopped) read_time "$records/$2" ;;
    esac
    when=''
    [ ${#at} -ne 10 ] || ! is_number "$at" || when=",\"since\":$at"
}
# -> at: the last word of a note.
read_time() {
    { read -r at <"$1"; } 2>/dev/null
    at=${at##* }
}

# -> names: of all containers of Docker, in one question: lines `ID NAME`; nothing where Docker does not say.
read_names() {
    names=''
    case $found$stopped in *container:*) ;; *) return ;; esac
    list_of container: in_docker ps --all --format '{{.ID}} {{.Names}}' && names=$newline$listed
}
# -> inside: of a worker in a container, what a person who looks into that needs: its name, and the pid there.
find_inside() { # PID UNIT
    inside=''
    case $2 in container:*) ;; *) return ;; esac
    case $1 in 0) value='' ;; *) read_status "$1" NSpid ;; esac
    value=${value##*[[:space:]]}
    ! is_number "$value" || inside=",\"inside\":$value"
    case $names in *"$newline${2#*:} "*) ;; *) return ;; esac
    named=${names#*"$newline${2#*:} "} named=${named%%"$newline"*}
    case $named in '' | *[!A-Za-z0-9_.-]*) return ;; esac
    inside=",\"container\":\"$named\"$inside"
}

# -> scripts: of each script of ours that acts here, but this one, its action and pid. Only root's processes count: any
# user may give a process such a title.
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
    case $ours in *" $pid "* | *" $parent "*) return ;; esac # a part of one that was counted
    read_status "$pid" Uid
    case $value in *[!0[:space:]]*) return ;; esac
    ours="$ours$pid "
    [ ${#scripts} -gt 100 ] || scripts="$scripts${scripts:+,}{\"action\":\"$acts\",\"pid\":$pid}"
}

# Whoever keeps the action's promise from holding comes first. Up to $short bytes there is still room to say of all
# the others how many are in which state; up to $full there is not, so these are kept only if they are the last.
short=1650 full=1990
add_worker() { # PID UNIT VERSION BUSY OF STATE
    find_inside "$1" "$2"
    shown_unit "$2"
    find_when "$6" "$2"
    entry="{\"pid\":$1,\"unit\":\"$unit\",\"version\":\"${3#-}\",\"busy\":$4,\"of\":$5,\"state\":\"$6\""
    entry="$comma$entry$when$inside}"
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

# finish OUTCOME: the one line, and the exit code that goes with it.
finish() {
    already=''
    [ "$1.$held" != done.yes ] || [ "$action" = status ] || already='"already":true,'
    { read -r host </proc/sys/kernel/hostname; } 2>/dev/null || host=''
    case $host in *[!A-Za-z0-9._-]*) host='' ;; esac
    find_scripts
    line="{\"snow_white\":1,\"action\":\"$action\",\"outcome\":\"$1\",$already\"host\":\"$host\","
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

# status: what each worker does.

status() {
    read -r uptime _ </proc/uptime
    booted=$(($(date +%s) - ${uptime%%.*}))
    find_restarting
    look
    find_restarting # what ended meanwhile
    for each in $seen; do
        add_coming "$each"
    done
    find_hollow
    for each in $hollow_units; do
        add_booting_unit "$each"
    done
    find_embedded
    found=$found$embedded
    find_stopped
    [ -n "$found$stopped" ] || finish no-worker
    finish 'done'
}

# add_coming UNIT: adds a booting worker to $found, unless a worker of the unit is there or the unit went down meanwhile.
add_coming() {
    case $newline$found in *" $1$newline"*) return ;; esac
    unit_state "$1"
    case $active in
    inactive | failed | gone) ;;
    *) add_booting_unit "$1" ;;
    esac
}
add_booting_unit() { found="${found}0 0 0 booting 0 0 - $1$newline"; }

# quiet: no worker takes jobs, and those that run are awaited.

quiet() {
    drain || finish_without_worker
    find_stopped
    [ "$held" = no ] || add_note 'was quiet already'
    finish 'done'
}

quiet_one() {
    note_seen "$w_unit"
    [ "$w_state.$w_busy" = quiet.0 ] || [ "$w_state" = idle ] || held=no
    case $w_state in
    suspended) send CONT ;;
    running)
        case $signalled in *" $w_id "*) return ;; esac
        # It knows no TSTP, which would suspend it, jobs and all.
        case $w_version in [1-4].*) too_old="$too_old${too_old:+, }$w_pid" && return ;; esac
        send TSTP && signalled="$signalled$w_id " && note_quieted
        ;;
    esac
}

# Returns when no worker here takes jobs or runs one: 0, or 1 if there is no worker at all.
drain() {
    read_last_wake
    woken_before=$woken too_old=''
    # Told before any service manager is asked: one may hang.
    look
    judge
    for_each_worker quiet_one
    look_for_any
    forget_stopped
    forget_quieted
    empty=0
    while :; do
        end_if_woken
        judge
        too_old=''
        for_each_worker quiet_one
        if [ -n "$too_old" ]; then
            add_note "worker $too_old is of a Sidekiq below 5, which cannot be quieted with TSTP: send it USR1 by hand"
            finish failed
        fi
        [ "$glanced" = yes ] || watch_units
        if [ $((count_idle + count_stuck)) -eq "$count" ] && [ "$coming" = no ]; then
            # The last word is a look at everything.
            if [ "$glanced" = yes ]; then
                look
                continue
            fi
            if [ -n "$stuck" ]; then
                say_stuck
                finish failed
            fi
            if [ "$count" -gt 0 ]; then
                are_units_at_rest && refuse_embedded && return 0
                pause 4
                look
                continue
            fi
            # A wrapper that starts its workers again leaves a gap that systemd does not see.
            if [ "$seen" = ' ' ] || [ "$empty" -ge "$beat" ]; then
                refuse_embedded
                return 1
            fi
            empty=$((empty + 2))
        fi
        # While all is at rest there is time, and who comes new may wait for a beat.
        if [ "$moving" = no ] && [ "$count_free" -eq "$count_idle" ]; then pause 4; else pause 2; fi
        { [ "$moving" = no ] && [ $((now - looked)) -lt "$beat" ] && glance; } || look
    done
}

# False while a service manager has not done with a unit that has workers: it may start these anew (a unit of Type=notify
# that never says that it is ready is ended and started again at each time-out).
are_units_at_rest() {
    units_of_found
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

# Ends as failed where Sidekiq runs inside another program: its jobs go on.
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

# What we stopped takes no jobs; no worker at all is another matter.
finish_without_worker() {
    find_stopped
    if [ "$seen" != ' ' ]; then
        held=no
        add_note 'every worker ended while it was waited for, and none came back'
    elif [ -n "$stopped" ]; then
        add_note 'was stopped already'
    fi
    [ -n "$stopped" ] || finish no-worker
    finish 'done'
}

# stop: quiet, then the end of each unit.

stop() {
    drain || finish_without_worker
    held=no outcome='done' ended=''
    units_of_found
    for each in $units; do
        stop_unit "$each" || outcome=failed
    done
    look
    judge
    find_stopped
    units_of_found
    for each in $units; do
        case "$ended " in *" $each "*) add_note "$each has a worker again" ;; esac
        outcome=failed
    done
    finish "$outcome"
}

# Noted first, so that wake finds the unit whatever happens to us meanwhile.
stop_unit() {
    count_in "$1"
    case $1 in
    *.service) ;;
    runsv:* | supervisord:*) leave_supervised && return 1 ;;
    esac
    if ! has_manager; then
        add_note "$whose: quiet, but not stopped"
        return 1
    fi
    check_stop_timeout "$1"
    if ! { mkdir -p "$records" && printf '%s %s\n' "$here" "$(date +%s)" >"$records/$1"; } 2>/dev/null; then
        add_note "$1 was not stopped: cannot write in $records"
        return 1
    fi
    ended="$ended $1"
    said=$(service stop "$1") && return 0
    add_note "$1 could not be stopped: $said"
    return 1
}

# wake: units whose workers are all idle are restarted, and units that we stopped are started.

wake() {
    settle
    find_stopped
    [ -n "$found$stopped$gone$hidden$stuck" ] || finish no-worker
    outcome_busy=no outcome_failed=no begun='' before=' '
    for_each_worker note_before
    units_of_found
    for each in $units; do
        wake_unit "$each"
    done
    start_stopped
    prove_awake
    judge
    for_each_worker fail_unless_up
    for_each_worker fail_if_outlived
    fail_if_stuck
    forget_stopped
    find_stopped
    [ "$outcome_failed" = no ] || finish failed
    [ "$outcome_busy" = no ] || finish busy
    [ -n "$found" ] || finish no-worker
    [ "$held" = no ] || add_note 'was awake already'
    finish 'done'
}

# Until each quiet worker is known to be idle or busy, and none is booting, suspended or being restarted.
settle() {
    look_for_any
    judge
    began=$now
    while
        unsure=no
        for_each_worker settle_one
        watch_units
        [ "$unsure$coming" != nono ] && [ $((now - began)) -le "$boot_limit" ]
    do
        held=no
        pause 1
        look
        judge
    done
}
settle_one() {
    note_seen "$w_unit"
    case $w_state in
    suspended) send CONT && unsure=yes ;;
    booting) unsure=yes ;;
    running) [ ! -e "$quieted/$w_id" ] || unsure=yes ;; # it was told to take no job, and does not show it yet
    quiet) is_busy_for_certain || unsure=yes ;;
    esac
}

# Restarts a unit whose workers are all idle; says why it leaves another one alone.
wake_unit() {
    count_in "$1"
    if [ "$waiting" -gt 0 ]; then
        outcome_busy=yes
        add_note "$1: $waiting of $here workers still run jobs, so none was restarted"
    elif [ "$idle" -gt 0 ] && [ "$awake" -gt 0 ]; then
        outcome_busy=yes
        add_note "$1: $awake of $here workers take jobs, so its quiet ones were not restarted; quiet it, then wake it"
    elif [ "$idle" -gt 0 ] && ! has_manager; then
        outcome_failed=yes
        add_note "$whose: $by_hand"
    elif [ "$idle" -gt 0 ]; then
        begin_unit restart "$1" "$here"
    fi
}

# begin_unit VERB UNIT WORKERS. What has begun is proved by prove_awake.
begin_unit() {
    { mkdir -p "$records" && printf '%s %s\n' "$$" "$now" >"$last_wake"; } 2>/dev/null ||
        add_note "cannot write $last_wake: a quiet under way here would quiet again what is woken now"
    held=no
    if said=$(service "$1" "$2"); then
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
    for each in $hidden; do
        outcome_failed=yes
        add_note "$each, stopped earlier, cannot be started: its service manager does not answer"
    done
    for each in $gone; do
        add_note "$each, stopped earlier, exists no more"
        rm -f "$records/$each"
    done
}

# New processes, with a title, not stopping, as many as before.
prove_awake() {
    deadline=$boot_limit
    while :; do
        look
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
# With KillMode=process a unit's old workers go on beside the new ones.
fail_if_outlived() {
    case "$begun=$before" in *" $w_unit="*" $w_id "*) ;; *) return 0 ;; esac
    outcome_failed=yes
    add_note "worker $w_pid outlived the restart of $w_unit (KillMode=process, perhaps), and takes no job: end it by hand"
}
# What was started again and again already before the wake, and has no process at this moment.
fail_if_stuck() {
    for each in $stuck; do
        count_in "$each"
        count_starts "$each"
        case "$here $begun " in
        0*" $each="* | [!0]*) continue ;;
        esac
        outcome_failed=yes
        say_started_again "$each"
    done
}
note_before() { before="$before$w_id "; }

# The moment until which a quiet or a stop may begin: a command that waited for its instance would otherwise act after
# the wake of whoever came later.

# refuse_late SECONDS: since 1970; zeros are no limit. Ends as failed where a quiet or a stop comes too late. A wake is
# never late, and what was sent before it is.
refuse_late() {
    case $1 in *[!0]*) ;; *) return 0 ;; esac
    ex_until=${1#"${1%%[!0]*}"}
    ex_wake='' ex_now=$(date +%s)
    { read -r ex_wake <"$last_wake_sent"; } 2>/dev/null
    case $ex_wake in '' | *[!0-9]* | ???????????*) ex_wake=0 ;; esac
    if [ "$action" = wake ]; then
        # No later than a wake of now can be: a wrong number holds up nobody for longer.
        ex_latest=$((ex_now + command_life + clock_margin))
        [ "$ex_until" -le "$ex_latest" ] || ex_until=$ex_latest
        [ "$ex_until" -gt "$ex_wake" ] || return 0 # a turn of a batch comes after a later wake
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
