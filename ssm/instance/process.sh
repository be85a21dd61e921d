# Reads processes from /proc.

is_number() {
    case $1 in '' | *[!0-9]*) return 1 ;; esac
}

# A number as JSON writes it, small enough to add up: any process can choose its title.
is_count() {
    is_number "$1" && [ ${#1} -le 5 ] || return
    case $1 in 0?*) return 1 ;; esac
}

# for_each_process FUNCTION: calls it with pid set, for each process.
for_each_process() {
    at_each=$1
    set +f
    set -- /proc/[0-9]*
    set -f
    for process in "$@"; do
        pid=${process#/proc/}
        "$at_each"
    done
}

# The process name, in brackets, may contain anything: the fields begin after the last bracket.
read_stat() {
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    # shellcheck disable=SC2086 # to be split
    set -- ${stat##*) }
    [ $# -ge 20 ] || return 1
    process_state=$1 parent=$2 start=${20}
}

# -> value: of the key $2 in /proc/$1/status; empty if the process has ended.
read_status() {
    value=''
    while IFS=: read -r key value; do
        [ "$key" != "$2" ] || return 0
        value=''
    done 2>/dev/null <"/proc/$1/status"
}

# find_ancestor PID LIST -> ancestor: the first of the process and its ancestors that is in LIST
# (" 1 2 "). Fails with 1 if none is, with 2 if one of them has ended meanwhile.
find_ancestor() {
    ancestor=$1
    while [ "$ancestor" -gt 1 ]; do
        case $2 in *" $ancestor "*) return 0 ;; esac
        read_stat "$ancestor" || return 2
        ancestor=$parent
    done
    return 1
}

# A pid may be reused: the start time is compared right before the signal.
send() {
    read_stat "$w_pid" && [ "$start" = "$w_start" ] && kill -s "$1" "$w_pid" 2>/dev/null
}
