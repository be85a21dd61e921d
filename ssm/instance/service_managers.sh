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
