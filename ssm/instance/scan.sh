# Finds all workers of this host and their states.

# -> found: a line `PID START PARENT STATE BUSY OF VERSION UNIT` for each worker; `-` stands for
# empty.
find_workers() {
    [ "$known" != unread ] || read_known
    forget_dead
    found='' swarms='' quick_checked=no
    list_jobs
    for_each_process check_process
    leave_out_children
    add_booting_swarms
}
check_process() {
    read_title # empty: a kernel thread, or a worker whose job cleared its title
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
# describe STATE BUSY OF VERSION -> described: the line of the process $pid, $start, $parent.
describe() {
    described="$pid $start $parent $1 $2 $3 $4" # before find_unit, which overwrites these
    described_parent=$parent
    find_unit
    find_supervisor "$described_parent"
    described="$described ${unit:--}$newline"
}

# A process that has shown a worker's title is a worker until it ends: a job may change the title
# for a while.
note_known() {
    case $known in *" $pid:$start "*) ;; *) known="$known$pid:$start " ;; esac
}
# Bounds $known and $signalled: above the limit, ids (`pid:start`, at most 20 bytes) of ended
# processes are dropped.
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
# From earlier runs: workers that got TSTP.
read_known() {
    known=' '
    set +f
    set -- "$quieted"/*
    set -f
    for note in "$@"; do
        [ ! -f "$note" ] || known="$known${note##*/} "
    done
}
# True for a known worker whose title has changed. -> kind, busy, stopping. Its number of jobs is
# unknown, so busy is 1, not 0.
is_known() {
    case $known in *" $pid:"*) ;; *) return 1 ;; esac
    read_stat "$pid" || return 1
    case $process_state$known in Z* | X*) return 1 ;; *" $pid:$start "*) ;; *) return 1 ;; esac
    kind=worker busy=1 of=1
    case $signalled in *" $pid:$start "*) stopping=yes ;; esac
    [ ! -e "$quieted/$pid:$start" ] || stopping=yes
}

# A child that a job forked has the worker's title, but belongs to the job.
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

# sidekiqswarm forwards signals, so its children are the workers. Without children it is booting.
add_booting_swarms() {
    for swarm in $swarms; do
        pid=${swarm%:*} start=${swarm#*:} parent=0
        case $parents in *" $pid "*) continue ;; esac
        describe booting 0 0 -
        found=$found$described
    done
}

# for_each_worker FUNCTION: calls it with w_pid, w_start, … set, for each line of $found.
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

# -> embedded: a line as in $found for each process that is no worker and has a thread named by
# Sidekiq (`sidekiq.NAME` since 7, lib/sidekiq/component.rb): Sidekiq runs inside another program,
# such as a web server. Any program can name a thread so; therefore it can only turn success into
# failure. Nothing is signalled, restarted or stopped because of it.
find_embedded() {
    embedded=''
    for_each_process note_if_embedded
}
note_if_embedded() {
    case $newline$found in *"$newline$pid "*) return ;; esac
    set +f
    set -- "/proc/$pid/task/"*
    set -f
    # Sidekiq has a manager, a heartbeat and a scheduler thread beside its processors.
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
    case $newline$found in *"$newline$parent "*) return 0 ;; esac # a job forked it
    describe running 0 0 -
    embedded=$embedded$described
}

# Checks the same workers again without scanning /proc and without starting a process. True if each
# is there and still quiet.
quick_check() {
    kept='' same=yes
    for_each_worker quick_check_one
    [ "$same" = yes ] && [ -n "$kept" ] || return
    found=$kept quick_checked=yes
}
quick_check_one() {
    [ "$same" = yes ] || return 0
    pid=$w_pid kind=none
    if read_stat "$pid" && [ "$start" = "$w_start" ] && read_title; then classify; fi
    case $kind.$stopping.$process_state in
    worker.yes.[!T]) kept="$kept$pid $start $parent quiet $busy $of $version $w_unit$newline" ;;
    *) same=no ;;
    esac
}

# A title is up to one heartbeat old. So a quiet worker counts as idle (0 busy) or as surely busy
# only after each look for longer than one heartbeat has shown it. $since holds the time of the
# first of these looks.
mark_idle() {
    read -r uptime _ </proc/uptime
    now=${uptime%%.*}
    [ "$quick_checked" = yes ] || full_scan=$now
    kept='' since_now=' ' count=0 count_idle=0 count_free=0
    for_each_worker mark_if_idle
    found=$kept since=$since_now
}
mark_if_idle() {
    count=$((count + 1))
    if [ "$w_state" = quiet ]; then
        shows=$w_id:free
        [ "$w_busy" -eq 0 ] || shows=$w_id:busy
        from=$now
        case $since in *" $shows="*) from=${since#*" $shows="} from=${from%% *} ;; esac
        since_now="$since_now$shows=$from "
        [ "$w_busy" -gt 0 ] || count_free=$((count_free + 1))
        if [ "$w_busy" -eq 0 ] && [ $((now - from)) -gt "$heartbeat_max" ]; then
            w_state=idle count_idle=$((count_idle + 1))
        fi
    fi
    kept="$kept$w_pid $w_start $w_parent $w_state $w_busy $w_of $w_version $w_unit$newline"
}

is_busy_for_certain() {
    from=${since#*" $w_id:busy="}
    [ "$from" != "$since" ] && [ $((now - ${from%% *})) -gt "$heartbeat_max" ]
}

list_units() {
    units=''
    for_each_worker add_unit
}
add_unit() {
    case " $units " in *" $w_unit "*) ;; *) units="$units $w_unit" ;; esac
}

# Counts the workers of the unit $1 by state.
count_workers() {
    counted=$1 total=0 idle=0 draining=0 awake=0 pids_here='' workers='' ignored_tstp='' suspended='' still_booting='' cropped=''
    for_each_worker count_worker
}
count_worker() {
    [ "$w_unit" = "$counted" ] || return 0
    total=$((total + 1)) pids_here="$pids_here${pids_here:+, }$w_pid" workers="$workers $w_pid"
    a_version=$w_version
    case $w_state in
    idle) idle=$((idle + 1)) ;;
    quiet) draining=$((draining + 1)) ;;
    running) awake=$((awake + 1)) ignored_tstp="$ignored_tstp${ignored_tstp:+, }$w_pid" ;;
    suspended) awake=$((awake + 1)) suspended="$suspended${suspended:+, }$w_pid" ;;
    booting)
        awake=$((awake + 1)) still_booting="$still_booting${still_booting:+, }$w_pid"
        # Ruby can write only as many bytes as the process had for arguments and environment at its
        # start.
        [ "$w_version" = - ] || cropped=', or its title is cut: it was started with too few words'
        ;;
    esac
}
