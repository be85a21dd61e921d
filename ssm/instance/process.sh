# One process, and numbers as /proc has them.

is_number() {
    case $1 in '' | *[!0-9]*) return 1 ;; esac
}

# As JSON writes it, and small enough to add up: a title is anybody's text.
is_count() {
    is_number "$1" && [ ${#1} -le 5 ] || return
    case $1 in 0?*) return 1 ;; esac
}

# for_each_process FUNCTION: calls it with pid, of each process here.
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

# The name in brackets may hold anything: what counts comes after the last one.
read_stat() {
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    # shellcheck disable=SC2086 # to be split
    set -- ${stat##*) }
    [ $# -ge 20 ] || return 1
    process_state=$1 parent=$2 start=${20}
}

# -> value: what follows the key $2 in /proc/$1/status, empty when the process is gone.
read_status() {
    value=''
    while IFS=: read -r key value; do
        [ "$key" != "$2" ] || return 0
        value=''
    done 2>/dev/null <"/proc/$1/status"
}

# climb PID LIST -> ancestor: the first of the process and those above it that is in the LIST, ` 1 2 `. Fails with 1 when none
# is, with 2 when one of them has ended meanwhile.
climb() {
    ancestor=$1
    while [ "$ancestor" -gt 1 ]; do
        case $2 in *" $ancestor "*) return 0 ;; esac
        read_stat "$ancestor" || return 2
        ancestor=$parent
    done
    return 1
}

# A pid is trusted only with its start time, looked at again right before.
send() {
    read_stat "$w_pid" && [ "$start" = "$w_start" ] && kill -s "$1" "$w_pid" 2>/dev/null
}
