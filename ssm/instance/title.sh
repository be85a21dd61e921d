# Recognizes a worker by its process title, which Sidekiq's heartbeat writes.

# Shells drop the NULs, so arguments run together; a title set by Ruby is one argument. $read_limit
# limits the bytes read, in shells that can: anybody can start a process with megabytes of
# arguments.
read_title() {
    title=
    # shellcheck disable=SC2086,SC2229,SC3045 # nothing, or two words that bash and busybox know
    { IFS= read -r $read_limit title <"/proc/$pid/cmdline"; } 2>/dev/null
    [ -n "$title" ]
}

# Reads $title. -> kind (worker, booting, swarm, none), version, busy, of, stopping. Tags may
# contain spaces and brackets: the last bracket counts.
classify() {
    kind=none version='' busy=0 of=0 stopping=no prefixed=no cropped_title=no
    [ ${#title} -le "$longest_title" ] || cropped_title=yes
    case $title in
    sidekiq*) ;;
    *sidekiq*) leave_out_words ;;
    *) return ;; # nearly all processes
    esac
    if [ "$cropped_title" = yes ]; then
        # Nothing else in a cut title is reliable.
        case $prefixed.$title in no.'sidekiq '[0-9]*) kind=booting ;; esac
        return
    fi
    case $title in
    sidekiqswarm*) kind=swarm ;;
    'sidekiq '[0-9]*) classify_title ;;
    *sidekiq*) classify_command ;;
    esac
    # After other words only a version with a dot counts: `bin/scale sidekiq 5` is a command.
    [ "$prefixed" = no ] || case $version in *.*) ;; *) kind=none ;; esac
}

# Some applications put words before Sidekiq's (PROCTITLES). Other programs that quote such a title
# are rarely Ruby.
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
    case ${title##* busy\]}' ' in *' stopping '*) stopping=yes ;; esac # others add a word before it
}

is_ruby() {
    { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || return
    case $comm in ruby* | bundle* | sidekiq*) ;; *) return 1 ;; esac
}

# True for a Ruby that runs Sidekiq and has no title yet, not for an editor on sidekiq.rb or a grep.
# Bundler loads the program into its own process and sets the command line anew, as one string
# (bundler issue 4589).
classify_command() {
    is_ruby || return 0
    arguments=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | cut -c "-$longest_title")
    # shellcheck disable=SC2086 # to be split
    set -- $arguments
    first=${1-} last=path # a bare name proves nothing: any program can call itself that
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
