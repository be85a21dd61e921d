# Finds the unit or container of a process, and tells whether it exists for Sidekiq only.

# -> v1, v2: the control groups of the process $1.
read_groups() {
    v1='' v2=''
    while IFS=: read -r _ controllers place; do
        case $controllers in
        name=systemd) v1=$place ;;
        '') v2=$place ;;
        esac
    done 2>/dev/null <"/proc/$1/cgroup"
}
find_unit() {
    read_groups "$pid"
    if find_container "$v1/$v2"; then
        container=${container%"${container#????????????}"}
        unit=container:${container:-unnamed}
        return
    fi
    unit_in_either
    case $unit$v1$v2 in
    /*/session-*.scope*) find_unit_above ;;
    esac
    [ -n "$unit" ] || find_job
}
unit_in_either() {
    unit_in "$v1"
    [ -n "$unit" ] || unit_in "$v2"
}
# logind moves what `su` starts into the scope of a new session. It belongs to the unit that called
# `su`.
find_unit_above() {
    ancestor=$pid
    while read_stat "$ancestor" && [ "$parent" -gt 1 ]; do
        ancestor=$parent
        read_groups "$ancestor"
        case $v1$v2 in *.service*) break ;; esac
    done
    unit_in_either
}

# unit_in CGROUP -> unit: `sidekiq.service`, `user@1000:sidekiq.service` for a user's own unit, or
# empty. Empty for services that only hold other people's processes, and inside a container that has
# its own systemd. Below user@1000.service that user can name control groups freely, so everything
# there is that user's.
unit_in() {
    unit='' user=''
    IFS=/
    for part in $1; do
        part=${part#_} # systemd escapes names that the kernel reserves
        case $user$unit/$part in
        /user@*.service)
            number=${part#user@}
            is_number "${number%.service}" || break
            user=${part%.service}:
            ;;
        */user@*.service) unit='' && break ;;
        esac
        case $part in
        user@*.service) ;;
        *.service)
            [ -z "$unit" ] || { unit=''; break; }
            unit=$part
            ;;
        esac
    done
    unset IFS
    case $unit in
    docker.service | containerd.service | podman*.service | crio.service) unit='' ;;
    cfn-hup.service | healthd.service | supervisor*.service | monit.service) unit='' ;;
    ssh.service | sshd.service | ssh@* | sshd@* | cron.service | crond.service | atd.service) unit='' ;;
    amazon-ssm-agent.service | snap.amazon-ssm-agent.* | systemd-* | dbus*.service | *getty@*) unit='' ;;
    esac
    if is_unit_name "$unit"; then unit=$user$unit; else unit=''; fi
}
is_unit_name() {
    case $1 in '' | -* | *[!A-Za-z0-9:_.@\\-]*) return 1 ;; esac
}

# True for a process in a nested PID namespace, or in a control group with a container's id
# (docker-ID.scope, docker/ID, libpod-ID.scope). -> container. Unit names inside a container do not
# count.
find_container() {
    container='' nested=no
    IFS=/
    for part in $1; do
        case $part in user@*.service) break ;; esac # below it the user names the groups
        part=${part%.scope} part=${part##*-}
        case $part in *[!0-9a-f]*) ;; *) [ ${#part} -ne 64 ] || container=$part ;; esac
    done
    unset IFS
    read_status "$pid" NSpid
    # shellcheck disable=SC2086 # to be split
    set -- $value
    [ $# -le 1 ] || nested=yes
    [ "$nested$container" != no ]
}

# True if the unit $1 exists for its workers, $workers: its command names Sidekiq, or each worker is
# its first process or descends from it and runs as the same user. Otherwise (a web server with a
# process that looks like Sidekiq) a restart would harm others. -> why: the reason if false
is_for_its_workers() {
    read_command "$1"
    why='is not for Sidekiq alone as far as can be seen'
    case $1 in container:*) is_workers_container; return ;; esac
    ! names_sidekiq "$words" || return 0 # not scripts_name_sidekiq: a web server's script may mention it
    for each_worker in $workers; do
        read_status "$each_worker" Uid
        uids=$value
        find_ancestor "$each_worker" " $main " || return 1
        read_status "$ancestor" Uid
        [ -n "$value" ] && [ "$value" = "$uids" ] || return 1
    done
}
# A control group's name is no proof: Docker must confirm the container's first process.
is_workers_container() {
    case $shown in
    *'"com.amazonaws.ecs.'* | *'"io.kubernetes.'* | *'"com.docker.swarm.'*)
        why='is started by ECS, Kubernetes or Swarm'
        return 1
        ;;
    esac
    for each_worker in $workers; do
        find_ancestor "$each_worker" " $main " && continue
        why='is unknown to Docker here'
        return 1
    done
    names_sidekiq "$words" # its files do not count: the container controls them
}

# True if each process in the unit $1 is a worker ($workers), a descendant of one, or a pure wrapper
# above one. A restart or a stop hits every process in the unit's control group, as the kernel has
# it. -> why: the reason if false
runs_nothing_else() {
    asked=$1 ancestors=' ' others='' others_more=0
    for ancestor in $workers; do
        while read_stat "$ancestor" && [ "$parent" -gt 1 ]; do
            ancestor=$parent ancestors="$ancestors$parent "
        done
    done
    for_each_process note_unless_part
    [ -n "$others" ] || return 0
    [ "$others_more" -eq 0 ] || others="$others and $others_more more"
    why="also runs $others"
    return 1
}
note_unless_part() {
    find_unit
    [ "$unit" = "$asked" ] && ! is_part && note_other
}
is_part() {
    case $ancestors in *" $pid "*) is_wrapper && return ;; esac
    find_ancestor "$pid" " $workers "
    [ $? -ne 1 ] # 2: the process has ended
}
# By the program that the kernel reports; or the parent process of sidekiqswarm.
is_wrapper() {
    ! runs_one_of "$pid" /bin/sh /bin/bash /bin/dash /bin/su /usr/bin/sudo /usr/sbin/runuser /usr/bin/setpriv /usr/bin/env \
        /usr/bin/timeout /usr/bin/nice /usr/bin/ionice /usr/bin/chrt /usr/bin/flock /usr/bin/setsid /usr/bin/unshare \
        /usr/bin/tini /usr/bin/dumb-init /sbin/docker-init || return 0
    read_title && classify && [ "$kind" = swarm ]
}
note_other() {
    { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || return 0
    case $others in *,*,*) others_more=$((others_more + 1)) && return ;; esac
    others="$others${others:+, }$comm (pid $pid)"
}

# True if a service manager that we can call restarts and stops the workers counted last. -> whose,
# by_hand: if not, the reason and what a person can do
has_manager() {
    whose="no service owns worker $pids_here" by_hand='restart it by hand'
    case $counted in
    -) return 1 ;;
    *.service) ;;
    runsv:* | supervisord:*) return 0 ;; # each restarts only the worker
    esac
    is_for_its_workers "$counted" && runs_nothing_else "$counted" && return
    whose="worker $pids_here runs in $counted, which $why"
    case $counted.$why in
    container:unnamed.*) by_hand='restart it by hand with what started it' ;;
    container:*Docker*) by_hand="restart it by hand with what started it (podman restart ${counted#*:}, for example)" ;;
    container:*alone*) by_hand="restart it by hand (docker restart ${counted#*:})" ;;
    container:*) by_hand='stop its task or pod there, and a new one takes jobs' ;;
    esac
    return 1
}
