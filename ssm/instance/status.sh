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
