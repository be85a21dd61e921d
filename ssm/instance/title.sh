# What a process is by its title, which Sidekiq's heartbeat writes.

# Shells drop the NULs, so that arguments run together; a title set by Ruby is one argument. $some: `-n` and how much is
# read, where the shell can: anybody may have given a process megabytes of words.
read_title() {
    title=
    # shellcheck disable=SC2086,SC2229,SC3045 # nothing, or two words that bash and busybox know
    { IFS= read -r $some title <"/proc/$pid/cmdline"; } 2>/dev/null
    [ -n "$title" ]
}

# $title -> kind (worker, booting, swarm, none), version, busy, of, stopping. Tags may hold spaces and brackets:
# the bracket that counts is the last.
classify() {
    kind=none version='' busy=0 of=0 stopping=no prefixed=no cropped_title=no
    [ ${#title} -le "$longest_title" ] || cropped_title=yes
    case $title in
    sidekiq*) ;;
    *sidekiq*) leave_out_words ;;
    *) return ;; # as nearly all
    esac
    if [ "$cropped_title" = yes ]; then
        # Nothing in it is believed, but it may be a worker.
        case $prefixed.$title in no.'sidekiq '[0-9]*) kind=booting ;; esac
        return
    fi
    case $title in
    sidekiqswarm*) kind=swarm ;;
    'sidekiq '[0-9]*) classify_title ;;
    *sidekiq*) classify_command ;;
    esac
    # Behind other words a version is one of Sidekiq's: `bin/scale sidekiq 5` is a command.
    [ "$prefixed" = no ] || case $version in *.*) ;; *) kind=none ;; esac
}

# Some applications put words before Sidekiq's (PROCTITLES). A command line that quotes such a title is mostly no Ruby's.
leave_out_words() {
    case $title in *[!A-Za-z0-9_./-]'sidekiq '[0-9]*) ;; *) return ;; esac
    is_ruby || return 0
    left_out=${title%%[!A-Za-z0-9_./-]'sidekiq '[0-9]*}
    title="sidekiq ${title#"$left_out"?sidekiq }" prefixed=yes
}

classify_title() {
    version=${title#sidekiq }
    version=${version%% *}
    case $version in *[!0-9A-Za-z.-]* | ?????????????????????????*) version='' && return ;; esac
    kind=booting
    case $title in *' busy]'*) ;; *) return ;; esac
    counts=${title% busy\]*}
    counts=${counts##*\[}
    is_count "${counts%% of *}" && is_count "${counts##* of }" || return
    kind=worker busy=${counts%% of *} of=${counts##* of }
    case ${title##* busy\]}' ' in *' stopping '*) stopping=yes ;; esac # others put a word of theirs before it
}

is_ruby() {
    { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || return
    case $comm in ruby* | bundle* | sidekiq*) ;; *) return 1 ;; esac
}

# A Ruby that was told to run Sidekiq and has no title of its own yet. Not an editor on sidekiq.rb, not a grep. Bundler
# loads the program into itself and sets the command line anew, as one string (bundler issue 4589).
classify_command() {
    is_ruby || return 0
    arguments=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | cut -c "-$longest_title")
    # shellcheck disable=SC2086 # to be split
    set -- $arguments
    first=${1-} last=path # of a name without one anybody may have called himself that
    case ${first##*/} in ruby*) shift && last=sidekiq ;; esac
    while [ $# -gt 0 ]; do
        case $1 in
        -e | -c | -h | -v | --help | --version) return ;;
        -I | -r | -C | -E) shift ;;
        -*) ;;
        *) break ;;
        esac
        [ $# -eq 0 ] || shift
    done
    case ${1-} in
    bundle | */bundle | bundle[0-9]* | */bundle[0-9]* | bundler | */bundler)
        [ "${2-}" = exec ] || return
        shift 2
        last=sidekiq
        while case ${1-} in -*) ;; *) false ;; esac; do shift; done
        ;;
    esac
    case $last.${1-} in
    *.*/sidekiq | sidekiq.sidekiq) kind=booting ;;
    *.*/sidekiqswarm | sidekiq.sidekiqswarm) kind=swarm ;;
    esac
}
