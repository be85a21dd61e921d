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
