# What a unit runs, as its command and the scripts that it names say.

# -> words: what the unit $1 runs: the words of its command, and of the lines about Sidekiq in the shell scripts that
# the command is or names; main: the pid of its first process. $a_pid is a worker of it, if there is one.
read_command() {
    main='' words=''
    case $1 in
    container:*)
        shown=$(manager "$1" inspect --type container --format '{{.State.Pid}} {{json .Config}}')
        is_number "${shown%% *}" || return 0
        main=${shown%% *} words=$shown
        [ "$main" -eq 0 ] || words=$(tr '\0' ' ' 2>/dev/null <"/proc/$main/cmdline")
        ;;
    *.service)
        shown=$(manager "$1" show -p MainPID -p ExecStart)
        case $shown in *MainPID=*) main=${shown##*MainPID=} main=${main%%"$newline"*} ;; esac
        case $shown in *'argv[]='*) shown=${shown#*'argv[]='} ;; *) shown='' ;; esac
        words=$(printf '%s' "${shown%%' ; ignore_errors='*}" | tr -d "\"'")
        ;;
    *)
        shown=$(manager "$1" status)
        case $shown in *', process '[0-9]*) main=${shown##*', process '} main=${main%%"$newline"*} ;; esac
        words=$(lines_on_sidekiq "$job_files/${1%%'('*}.conf")
        ;;
    esac
    # shellcheck disable=SC2086 # to be split
    set -- $words
    for word in "$@"; do
        case $word in
        /*) word=/proc/$a_pid/root$word ;;
        */*) word=/proc/$a_pid/cwd/$word ;;
        *) continue ;;
        esac
        case $(beginning_of "$word" | head -n 1 | tr -d '\000') in
        '#!'*sh | '#!'*'sh '*) words="$words $(lines_on_sidekiq "$word")" ;;
        esac
    done
}

# It is somebody else's file: it is not waited for, and what is found in it is never run.
beginning_of() {
    [ ! -f "$1" ] || timeout --foreground 5 head -c 65536 "$1" 2>/dev/null
}

# Those of file $1, whole where a \ carries one on, without comments and quotes.
lines_on_sidekiq() {
    beginning_of "$1" | sed -e ':a' -e '/\\$/{N;s/\\\n/ /;ba' -e '}' -e 's/^[[:space:]]*#.*//' |
        grep sidekiq | tr -d "\"'\000"
}

# -> grace: how long Sidekiq lets jobs run after TERM; of several the longest. From $words, what the unit runs, else from
# the file that is named there, else what Sidekiq does unless told. The file is the application's: no more than a number
# is taken from it.
find_grace() {
    grace=0 option='' config=config/sidekiq.yml
    # shellcheck disable=SC2086 # to be split
    set -- $words
    while [ $# -gt 0 ]; do
        case $1 in
        sidekiq | */sidekiq | sidekiqswarm | */sidekiqswarm)
            [ -z "$option" ] || take_grace
            option='' config=config/sidekiq.yml
            ;;
        -t | --timeout) option=${2-} ;;
        -t[0-9]*) option=${1#-t} ;;
        --timeout=*) option=${1#*=} ;;
        -C | --config) config=${2-} ;;
        -C?*) config=${1#-C} ;;
        --config=*) config=${1#*=} ;;
        esac
        shift
    done
    take_grace
}
take_grace() {
    case $config in /*) config=/proc/$a_pid/root$config ;; *) config=/proc/$a_pid/cwd/$config ;; esac
    is_count "$option" || option=$(beginning_of "$config" |
        sed -n 's/^[[:space:]]*:\{0,1\}timeout:[[:space:]]*\([0-9][0-9]*\)[[:space:]]*\(#.*\)\{0,1\}$/\1/p' | sort -n | tail -n 1)
    is_count "$option" || case $a_version in [1-5].*) option=8 ;; *) option=25 ;; esac
    [ "$option" -le "$grace" ] || grace=$option
}
