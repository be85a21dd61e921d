# What a unit runs: its command and the scripts that the command names.

# -> words: the words of the command of the unit $1, and of the lines on Sidekiq in shell scripts
# that the command is or names. -> main: the pid of its first process. -> files_root, directory: the
# root of its files and its working directory, as the unit has them. Paths are looked up in the
# host's files. What a worker itself shows (/proc/PID/cwd, /proc/PID/root) is under its control.
read_command() {
    main='' words='' directory='' files_root=''
    case $1 in
    container:*)
        shown_by "$1" inspect --type container --format '{{.State.Pid}} {{json .Config}}'
        is_number "${shown%% *}" || return 0
        main=${shown%% *} words=$shown
        [ "$main" -eq 0 ] || words=$(tr '\0' ' ' 2>/dev/null <"/proc/$main/cmdline")
        # In a container only the first process shows where the files are.
        [ "$main" -eq 0 ] || files_root=/proc/$main/root directory=/proc/$main/cwd
        ;;
    *.service)
        shown_by "$1" show -p MainPID -p ExecStart -p WorkingDirectory -p RootDirectory
        parse_command
        ;;
    *)
        shown_by "$1" status
        case $shown in *', process '[0-9]*) main=${shown##*', process '} main=${main%%"$newline"*} ;; esac
        words=$(lines_on_sidekiq "$job_files/${1%%'('*}.conf")
        while read -r stanza value _; do
            [ "$stanza" != chdir ] || directory=$value
        done 2>/dev/null <"$job_files/${1%%'('*}.conf"
        ;;
    esac
    # shellcheck disable=SC2086 # to be split
    set -- $words
    for word in "$@"; do
        find_file "$word" || continue
        case $(first_line_of "$file") in
        '#!'*sh | '#!'*'sh '*) words="$words $(lines_on_sidekiq "$file")" ;;
        esac
    done
}
# Reads $shown, systemd's properties of a unit. -> main, directory, files_root, words
parse_command() {
    main='' words='' directory='' files_root=''
    find_property MainPID && main=$value
    find_property WorkingDirectory && directory=${value#!}
    find_property RootDirectory && files_root=$value directory=$value$directory
    case $shown in *'argv[]='*) words=${shown#*'argv[]='} words=${words%%' ; ignore_errors='*} ;; esac
    case $words in *[\"\']*) words=$(printf '%s' "$words" | tr -d "\"'") ;; esac
}
# -> file: the path of the word $1 of a unit's command. Fails if the word is no path.
find_file() {
    case $1 in
    /*) file=$files_root$1 ;;
    */*) file=$directory/$1 ;;
    *) return 1 ;;
    esac
}
# names_sidekiq WORDS: true for Sidekiq itself or a program named after it, false for one that only
# watches it.
names_sidekiq() {
    # shellcheck disable=SC2086 # to be split
    set -- $1
    for word in "$@"; do
        case /$word/ in
        *sidekiq[-_.]*export* | *sidekiq[-_.]*prometheus* | *sidekiq[-_.]*metrics* | *sidekiq[-_.]*monitor*) continue ;;
        */sidekiq/*) return 0 ;;
        esac
        case ${word##*/} in *sidekiq*) return 0 ;; esac
    done
    return 1
}
# True if a script, in any language, that $words are or name mentions Sidekiq.
scripts_name_sidekiq() {
    # shellcheck disable=SC2086 # to be split
    set -- $words
    for word in "$@"; do
        case $word in /bin/* | /sbin/* | /lib/* | /usr/*bin/* | /usr/lib*) continue ;; esac
        find_file "$word" || continue
        case $(first_line_of "$file") in '#!'*) ;; *) continue ;; esac
        [ -z "$(lines_on_sidekiq "$file")" ] || return 0
    done
    return 1
}

# True if a unit without a worker will start one. Call read_command or parse_command first.
is_for_sidekiq() { names_sidekiq "$words" || scripts_name_sidekiq; }

# The file is not ours: reading it has a time limit, and nothing in it is ever run.
beginning_of() {
    [ ! -f "$1" ] || timeout --foreground 5 head -c 65536 "$1" 2>/dev/null
}

first_line_of() { [ ! -f "$1" ] || beginning_of "$1" | head -n 1 | tr -d '\000'; }

# Lines of file $1 on Sidekiq, without comments and quotes. A line that ends in \ is joined with the
# next.
lines_on_sidekiq() {
    beginning_of "$1" | sed -e ':a' -e '/\\$/{N;s/\\\n/ /;ba' -e '}' -e 's/^[[:space:]]*#.*//' |
        grep sidekiq | tr -d "\"'\000"
}

# -> grace: seconds that Sidekiq gives jobs after TERM; the longest if there are several. Source:
# $words (the command), else the config file named there, else Sidekiq's default. The application
# owns the file: only a number is taken from it.
find_grace() {
    grace=0 option='' config=config/sidekiq.yml place=$directory
    # shellcheck disable=SC2086 # to be split
    set -- $words
    while [ $# -gt 0 ]; do
        case $1 in
        sidekiq | */sidekiq | sidekiqswarm | */sidekiqswarm)
            [ -z "$option" ] || read_grace
            option='' config=config/sidekiq.yml
            ;;
        cd) case ${2-} in /*) place=$files_root${2%;} ;; esac ;;
        -t | --timeout) option=${2-} ;;
        -t[0-9]*) option=${1#-t} ;;
        --timeout=*) option=${1#*=} ;;
        -C | --config) config=${2-} ;;
        -C?*) config=${1#-C} ;;
        --config=*) config=${1#*=} ;;
        esac
        shift
    done
    read_grace
}
read_grace() {
    case $config in /*) config=$files_root$config ;; *) config=$place/$config ;; esac
    is_count "$option" || option=$(beginning_of "$config" |
        sed -n 's/^[[:space:]]*:\{0,1\}timeout:[[:space:]]*\([0-9][0-9]*\)[[:space:]]*\(#.*\)\{0,1\}$/\1/p' | sort -n | tail -n 1)
    is_count "$option" || case $a_version in [1-5].*) option=8 ;; *) option=25 ;; esac
    [ "$option" -le "$grace" ] || grace=$option
}
