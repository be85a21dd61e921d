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
