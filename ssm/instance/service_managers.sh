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
