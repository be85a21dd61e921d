# The instance line: the script's only output.

add_note() { notes="$notes${notes:+; }$1"; }

json_text() {
    printf '%s' "$1" | tr '\n' ' ' | tr -cd '\040-\176' | cut -c1-300 | sed 's/[\\"]/\\&/g'
}

shown_unit() {
    unit=$1
    case $unit in -) unit='' ;; *\\*) unit=$(json_text "$unit") ;; esac
}

# -> since_key: since when the worker of UNIT has been in STATE, as a key of the line; empty if
# unknown. For a process it is its start, which the kernel counts since boot in hundredths of a
# second (proc(5), USER_HZ).
find_since() { # STATE UNIT
    at=''
    case $action.$1 in
    status.running | status.booting) [ "$w_pid" -eq 0 ] || at=$((booted + w_start / 100)) ;;
    status.quiet | status.idle) read_time "$quieted/$w_id" ;;
    status.stopped) read_time "$records/$2" ;;
    esac
    since_key=''
    [ ${#at} -ne 10 ] || ! is_number "$at" || since_key=",\"since\":$at"
}
# -> at: the last word of file $1.
read_time() {
    { read -r at <"$1"; } 2>/dev/null
    at=${at##* }
}

# -> names: lines `ID NAME` of all Docker containers, from one call; empty if Docker does not
# answer.
read_names() {
    names=''
    case $found$stopped in *container:*) ;; *) return ;; esac
    run_list container: in_docker ps --all --format '{{.ID}} {{.Names}}' && names=$newline$listed
}
# -> inside: the worker's pid in its own pid namespace if that is another one, and its container's
# name, as keys of the line.
find_inside() { # PID UNIT
    inside='' value=''
    [ "$1" -eq 0 ] || read_status "$1" NSpid
    value=${value##*[[:space:]]}
    case $value in '' | "$1") ;; *) inside=",\"inside\":$value" ;; esac
    case $2.$names in container:*"$newline${2#*:} "*) ;; *) return ;; esac
    named=${names#*"$newline${2#*:} "} named=${named%%"$newline"*}
    case $named in '' | *[!A-Za-z0-9_.-]*) return ;; esac
    inside=",\"container\":\"$named\"$inside"
}

# -> with_dyno: the environments in which DYNO may be. One process for all workers.
find_dyno() {
    environments=/dev/null
    for_each_worker add_environment
    # shellcheck disable=SC2086 # to be split
    with_dyno=$(grep -ls DYNO= $environments)
}
add_environment() { environments="$environments /proc/$w_pid/environ"; }

# -> as: how Sidekiq calls the host of the worker, as a key of the line; no key if that is $host. It
# is DYNO, or the name in the UTS namespace (lib/sidekiq/component.rb). Any user can set DYNO: what
# does not fit becomes empty. Not looked up for workers that cannot fit into the line.
find_as() { # PID
    as='' named=$host
    case $1.$more in 0.* | *.??*) return ;; esac
    # shellcheck disable=SC3013 # dash, bash and busybox have it
    [ "/proc/$1/ns/uts" -ef /proc/self/ns/uts ] || named=$(nsenter -t "$1" -u uname -n 2>/dev/null)
    case $with_dyno in
    *"/proc/$1/environ"*) value=$(beginning_of "/proc/$1/environ" | tr '\n\0' ' \n' | grep ^DYNO=) && named=${value#*=} ;;
    esac
    [ "$named" != "$host" ] || return 0
    case $named in
    *[!!-~]* | *[\"\\]* | ?????????????????????????????????????????????????????????????????*) named='' ;;
    esac
    as=",\"as\":\"$named\""
}

# -> scripts: action and pid of each other running copy of this script. Only root's processes count:
# any user can give a process such a title.
find_scripts() {
    scripts='' ours=" $$ "
    for_each_process note_if_script
}
note_if_script() {
    read_title || return 0
    case $title in
    *snow-white-instance.shquiet | *snow-white-instance.shquiet[0-9]*) acts=quiet ;;
    *snow-white-instance.shwake | *snow-white-instance.shwake[0-9]*) acts=wake ;;
    *snow-white-instance.shstop | *snow-white-instance.shstop[0-9]*) acts=stop ;;
    *) return ;;
    esac
    read_stat "$pid" || return 0
    case $ours in *" $pid "* | *" $parent "*) return ;; esac # a child of one that was counted
    read_status "$pid" Uid
    case $value in *[!0[:space:]]*) return ;; esac
    ours="$ours$pid "
    [ ${#scripts} -gt 100 ] || scripts="$scripts${scripts:+,}{\"action\":\"$acts\",\"pid\":$pid}"
}

# Workers that keep the action from being complete come first. Up to $short bytes of the line, there
# is still room for the counts by state of all others. Between $short and $full there is not, so a
# worker is listed there only if all fit.
short=1650 full=1990
add_worker() { # PID UNIT VERSION BUSY OF STATE
    find_inside "$1" "$2"
    find_as "$1"
    shown_unit "$2"
    find_since "$6" "$2"
    entry="{\"pid\":$1,\"unit\":\"$unit\",\"version\":\"${3#-}\",\"busy\":$4,\"of\":$5,\"state\":\"$6\""
    entry="$comma$entry$since_key$inside$as}"
    comma=,
    if [ "$more" -eq 0 ] && [ $((${#line} + ${#entry})) -le "$short" ]; then
        line=$line$entry
        return
    fi
    more=$((more + 1)) more_here=$((more_here + 1)) busy_here=$((busy_here + $4)) beyond=$beyond$entry
}
add_if_listed() {
    [ "$w_state" != "$listed" ] || add_worker "$w_pid" "$w_unit" "$w_version" "$w_busy" "$w_of" "$w_state"
}

list_workers() {
    comma='' more=0 beyond='' more_by_state=''
    find_dyno
    case $action in
    wake) order='booting suspended stopped quiet idle running' ;;
    *) order='booting suspended running quiet idle stopped' ;;
    esac
    for listed in $order; do
        more_here=0 busy_here=0
        for_each_worker add_if_listed
        [ "$listed" != stopped ] || for unit_down in $stopped; do
            add_worker 0 "$unit_down" '' 0 0 stopped
        done
        [ "$more_here" -eq 0 ] ||
            more_by_state="$more_by_state${more_by_state:+,}\"$listed\":{\"workers\":$more_here,\"busy\":$busy_here}"
    done
    if [ $((${#line} + ${#beyond})) -le "$full" ]; then
        line="$line$beyond]"
    else
        line="$line],\"more\":$more,\"rest\":{$more_by_state}"
    fi
}

# finish OUTCOME: prints the line and exits with the code for it.
finish() {
    already_key=''
    [ "$1.$already" != done.yes ] || [ "$action" = status ] || already_key='"already":true,'
    { read -r host </proc/sys/kernel/hostname; } 2>/dev/null || host=''
    case $host in *[!A-Za-z0-9._-]*) host='' ;; esac
    find_scripts
    line="{\"snow_white\":1,\"action\":\"$action\",\"outcome\":\"$1\",$already_key\"host\":\"$host\","
    [ -z "$scripts" ] || line="$line\"scripts\":[$scripts],"
    line="$line\"note\":\"$(json_text "$notes")\",\"workers\":["
    read_names
    list_workers
    printf '%s}\n' "$line"
    case $action.$1 in
    *.done | status.no-worker) exit 0 ;;
    *.no-worker) exit 3 ;;
    *.busy) exit 4 ;;
    *) exit 1 ;;
    esac
}
