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
