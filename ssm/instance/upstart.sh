# Upstart jobs.

list_jobs() {
    jobs=''
    [ ! -d /run/systemd/system ] && command -v initctl >/dev/null || return 0
    jobs=$newline$(ask initctl list 2>/dev/null)$newline
}

# Upstart reports only a job's first process: the worker is that one or a descendant.
find_job() {
    [ -n "$jobs" ] || return
    ancestor=$pid
    while [ "$ancestor" -gt 1 ]; do
        case $jobs in
        *" process $ancestor$newline"*)
            unit=${jobs%%" process $ancestor$newline"*}
            unit=${unit##*"$newline"}
            name_job "${unit%% start/*}"
            break
            ;;
        esac
        read_stat "$ancestor" || break
        ancestor=$parent
    done
}

# -> unit: the name of what initctl shows as `worker` or `worker (2)`; empty if the script cannot
# name it.
name_job() {
    unit=$1
    case $unit in *' ('*')') unit=${unit%%' ('*}"(${unit#*' ('}" && find_variable "$unit" ;; esac
    case ${unit%'('*')'} in -* | *[!A-Za-z0-9_.-]*) unit='' ;; esac
}

# worker(2) -> instance: `id=2`, which tells a job with `instance $id` in its file which instance is
# meant. A job with several variables is left out: unit becomes empty.
find_variable() {
    instance='' word=${1#*'('} word=${word%')'}
    case $word in *[!A-Za-z0-9_.-]*) unit='' && return ;; esac
    while read -r stanza value _; do
        case $stanza in instance) instance=${value#'$'} ;; esac
    done 2>/dev/null <"$job_files/${1%%'('*}.conf"
    instance=${instance#'{'} instance=${instance%'}'}
    case $instance in '' | *[!A-Za-z0-9_]*) unit='' && return ;; esac
    instance=$instance=$word
}
