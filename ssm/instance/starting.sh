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
