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
