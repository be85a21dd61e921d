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
