# Whose process it is: its unit or its container, and whether that is there for Sidekiq alone.

# -> v1, v2: the process's control groups.
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
# logind puts what `su` starts into the scope of a new session: it is the unit's whose process started it.
find_unit_above() {
    ancestor=$pid
    while read_stat "$ancestor" && [ "$parent" -gt 1 ]; do
        ancestor=$parent
        read_groups "$ancestor"
        case $v1$v2 in *.service*) break ;; esac
    done
    unit_in_either
}

# cgroup path -> unit: `sidekiq.service`, `user@1000:sidekiq.service` for a user's own, or empty. Services that merely
# hold other people's processes are no worker's unit, nor is anything in a container with a systemd of its own.
# Below user@1000.service that user names the groups as they like: what is there is theirs, whatever it is called.
unit_in() {
    unit='' user=''
    IFS=/
    for part in $1; do
        part=${part#_} # systemd's escape for names that the kernel has taken
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
    -* | *[!A-Za-z0-9:_.@\\-]*) unit='' ;;
    esac
    [ -z "$unit" ] || unit=$user$unit
}

# A process in a PID namespace below ours is in a container, and so is one in a control group with a container's id:
# docker-ID.scope, docker/ID, libpod-ID.scope. What a container calls its unit is none of ours.
find_container() {
    container='' nested=no
    IFS=/
    for part in $1; do
        case $part in user@*.service) break ;; esac # below it that user names the groups
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

# Whether the unit $1 is there for its workers, $workers: it names Sidekiq, or they are its first process or descend
# from it and run as the same user. One that holds them by chance, or holds a process that only looks like Sidekiq
# (a web server's, say), would be restarted to the harm of others. If not, `why`.
is_own() {
    read_command "$1"
    why='is not for Sidekiq alone as far as can be seen'
    case $1 in container:*) is_own_container; return ;; esac
    ! names_sidekiq "$words" || return 0 # not scripts_name_sidekiq: a web server's script may mention it
    for each_worker in $workers; do
        read_status "$each_worker" Uid
        uids=$value
        climb "$each_worker" " $main " || return 1
        read_status "$ancestor" Uid
        [ -n "$value" ] && [ "$value" = "$uids" ] || return 1
    done
}
# The name of a control group is not believed: Docker has to say which process the container is.
is_own_container() {
    case $shown in
    *'"com.amazonaws.ecs.'* | *'"io.kubernetes.'* | *'"com.docker.swarm.'*)
        why='is started by ECS, Kubernetes or Swarm'
        return 1
        ;;
    esac
    for each_worker in $workers; do
        climb "$each_worker" " $main " && continue
        why='is unknown to Docker here'
        return 1
    done
    names_sidekiq "$words" # no more of its files: they are in its own hands
}

# Whether every process in the unit $1 is one of its workers, $workers, or below one, or a pure wrapper above one. A restart
# and a stop hit all that are in the unit's control group, which is the kernel's word. If not, `why`.
runs_nothing_else() {
    asked=$1 above=' ' others='' others_more=0
    for ancestor in $workers; do
        while read_stat "$ancestor" && [ "$parent" -gt 1 ]; do
            ancestor=$parent above="$above$parent "
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
    case $above in *" $pid "*) is_wrapper && return ;; esac
    climb "$pid" " $workers "
    [ $? -ne 1 ] # 2: it has ended
}
# By the program that the kernel says it runs. Of Sidekiq's own, the parent of a swarm.
is_wrapper() {
    for program in /bin/sh /bin/bash /bin/dash /bin/su /usr/bin/sudo /usr/sbin/runuser /usr/bin/setpriv /usr/bin/env \
        /usr/bin/timeout /usr/bin/nice /usr/bin/ionice /usr/bin/chrt /usr/bin/flock /usr/bin/setsid /usr/bin/unshare \
        /usr/bin/tini /usr/bin/dumb-init /sbin/docker-init; do
        # shellcheck disable=SC3013 # dash, bash and busybox have it
        [ ! "/proc/$pid/exe" -ef "$program" ] || return 0
    done
    read_title && classify && [ "$kind" = swarm ]
}
note_other() {
    { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || return 0
    case $others in *,*,*) others_more=$((others_more + 1)) && return ;; esac
    others="$others${others:+, }$comm (pid $pid)"
}

# Who restarts and ends the workers that were counted last; fails when that is nobody that we speak to.
has_manager() {
    whose="no service owns worker $pids_here" by_hand='restart it by hand'
    case $counted in
    -) return 1 ;;
    *.service) ;;
    runsv:* | supervisord:*) return 0 ;; # each restarts one process, which is the worker
    esac
    is_own "$counted" && runs_nothing_else "$counted" && return
    whose="worker $pids_here runs in $counted, which $why"
    case $counted.$why in
    container:unnamed.*) by_hand='restart it by hand with what started it' ;;
    container:*Docker*) by_hand="restart it by hand with what started it (podman restart ${counted#*:}, for example)" ;;
    container:*alone*) by_hand="restart it by hand (docker restart ${counted#*:})" ;;
    container:*) by_hand='stop its task or pod there, and a new one takes jobs' ;;
    esac
    return 1
}
