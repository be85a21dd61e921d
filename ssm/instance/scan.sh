# All workers of this host.

# -> found: a line `PID START PARENT STATE BUSY OF VERSION UNIT` for each worker, `-` for what is empty.
look() {
    [ "$known" != unread ] || read_known
    forget_dead
    found='' swarms='' glanced=no
    list_jobs
    for_each_process look_at
    leave_out_children
    add_booting_swarms
}
look_at() {
    read_title # none: of the kernel's own, or of a worker whose job has set an empty one
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
# describe STATE BUSY OF VERSION -> described: the line of the process with pid, start and parent.
describe() {
    described="$pid $start $parent $1 $2 $3 $4" # before find_unit, which reads other processes, too
    described_parent=$parent
    find_unit
    find_supervisor "$described_parent"
    described="$described ${unit:--}$newline"
}

# What has once shown a worker's title is a worker until it ends: a job may set another title for a while.
note_known() {
    case $known in *" $pid:$start "*) ;; *) known="$known$pid:$start " ;; esac
}
# Where many have come and gone, only those that live stay in $known and $signalled: `pid:start`, 20 bytes at most.
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
# Of earlier runs: those that were told to take no job.
read_known() {
    known=' '
    set +f
    set -- "$quieted"/*
    set -f
    for note in "$@"; do
        [ ! -f "$note" ] || known="$known${note##*/} "
    done
}
# -> kind, busy, stopping of a known worker that shows another title: how many jobs it runs is not known, which is not none.
is_known() {
    case $known in *" $pid:"*) ;; *) return 1 ;; esac
    read_stat "$pid" || return 1
    case $process_state$known in Z* | X*) return 1 ;; *" $pid:$start "*) ;; *) return 1 ;; esac
    kind=worker busy=1 of=1
    case $signalled in *" $pid:$start "*) stopping=yes ;; esac
    [ ! -e "$quieted/$pid:$start" ] || stopping=yes
}

# What a job has forked carries the worker's title, but is part of the job.
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

# sidekiqswarm passes signals on, so its children are the workers; with none yet, it is booting.
add_booting_swarms() {
    for swarm in $swarms; do
        pid=${swarm%:*} start=${swarm#*:} parent=0
        case $parents in *" $pid "*) continue ;; esac
        describe booting 0 0 -
        found=$found$described
    done
}

# for_each_worker FUNCTION: calls it with w_pid, w_start, … of each line of $found.
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

# -> embedded: a line as in $found for each process that is no worker and has a thread that Sidekiq has
# named (`sidekiq.NAME` since 7, lib/sidekiq/component.rb): it runs inside another program, a web server say. A thread's
# name is anybody's, so that it only makes an answer stricter: nothing is signalled, restarted or stopped for it.
find_embedded() {
    embedded=''
    for_each_process note_if_embedded
}
note_if_embedded() {
    case $newline$found in *"$newline$pid "*) return ;; esac
    set +f
    set -- "/proc/$pid/task/"*
    set -f
    # Sidekiq has its processors beside a manager, a heartbeat and a scheduler.
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
    case $newline$found in *"$newline$parent "*) return 0 ;; esac # a job has forked it
    describe running 0 0 -
    embedded=$embedded$described
}

# The same workers once more, without all of /proc and without a process: true when each is there and quiet still.
glance() {
    kept='' same=yes
    for_each_worker glance_at_one
    [ "$same" = yes ] && [ -n "$kept" ] || return
    found=$kept glanced=yes
}
glance_at_one() {
    [ "$same" = yes ] || return 0
    pid=$w_pid kind=none
    if read_stat "$pid" && [ "$start" = "$w_start" ] && read_title; then classify; fi
    case $kind.$stopping.$process_state in
    worker.yes.[!T]) kept="$kept$pid $start $parent quiet $busy $of $version $w_unit$newline" ;;
    *) same=no ;;
    esac
}

# A title is up to one heartbeat old. What a quiet worker shows counts when it has shown it, look after look,
# for longer than that: 0 busy makes it idle, more makes it busy for certain. `since` remembers from when.
judge() {
    read -r uptime _ </proc/uptime
    now=${uptime%%.*}
    [ "$glanced" = yes ] || looked=$now
    kept='' since_now=' ' count=0 count_idle=0 count_free=0
    for_each_worker judge_one
    found=$kept since=$since_now
}
judge_one() {
    count=$((count + 1))
    if [ "$w_state" = quiet ]; then
        shows=$w_id:free
        [ "$w_busy" -eq 0 ] || shows=$w_id:busy
        from=$now
        case $since in *" $shows="*) from=${since#*" $shows="} from=${from%% *} ;; esac
        since_now="$since_now$shows=$from "
        [ "$w_busy" -gt 0 ] || count_free=$((count_free + 1))
        if [ "$w_busy" -eq 0 ] && [ $((now - from)) -gt "$beat" ]; then
            w_state=idle count_idle=$((count_idle + 1))
        fi
    fi
    kept="$kept$w_pid $w_start $w_parent $w_state $w_busy $w_of $w_version $w_unit$newline"
}

is_busy_for_certain() {
    from=${since#*" $w_id:busy="}
    [ "$from" != "$since" ] && [ $((now - ${from%% *})) -gt "$beat" ]
}

units_of_found() {
    units=''
    for_each_worker add_unit
}
add_unit() {
    case " $units " in *" $w_unit "*) ;; *) units="$units $w_unit" ;; esac
}

# How many workers of $1 are in which state.
count_in() {
    counted=$1 here=0 idle=0 waiting=0 awake=0 pids_here='' workers='' deaf='' asleep='' unborn='' cropped=''
    for_each_worker count_one
}
count_one() {
    [ "$w_unit" = "$counted" ] || return 0
    here=$((here + 1)) pids_here="$pids_here${pids_here:+, }$w_pid" workers="$workers $w_pid"
    a_version=$w_version
    case $w_state in
    idle) idle=$((idle + 1)) ;;
    quiet) waiting=$((waiting + 1)) ;;
    running) awake=$((awake + 1)) deaf="$deaf${deaf:+, }$w_pid" ;;
    suspended) awake=$((awake + 1)) asleep="$asleep${asleep:+, }$w_pid" ;;
    booting)
        awake=$((awake + 1)) unborn="$unborn${unborn:+, }$w_pid"
        # Ruby writes no more than there was room for when the process began: its words and its environment.
        [ "$w_version" = - ] || cropped=', or its title is cut: it was started with too few words'
        ;;
    esac
}
