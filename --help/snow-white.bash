# bash completion of snow-white, made from its own table of flags
_snow_white() {
    local word=${COMP_WORDS[COMP_CWORD]} words
    case ${COMP_WORDS[COMP_CWORD - 1]} in
    -a) words='quiet wake stop status' ;;
    -f) words=$(sed -n 's/^\[\(profile \)\{0,1\}\([^]]*\)\]$/\2/p' "${AWS_CONFIG_FILE:-$HOME/.aws/config}" "${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}" 2>/dev/null | sort -u) ;;
    -p | -e) words=$(sh -c 'wanted=$1; f= r= p=; while [ $# -gt 1 ]; do case $1 in -f) f=${2%%,*} ;; -r) r=${2%%,*} ;; -p) p=$2 ;; esac; shift; done; [ -n "$f" ] && [ -n "$r" ] || exit 0; name=ApplicationName; [ "$wanted" = -p ] && p= || name=EnvironmentName; aws elasticbeanstalk describe-environments ${p:+--application-name "$p"} --no-include-deleted --profile "$f" --region "$r" --query "Environments[].$name" --output text 2>/dev/null | tr "\t" "\n" | sort -u' sh "${COMP_WORDS[COMP_CWORD - 1]}" "${COMP_WORDS[@]}") ;;
    -a | -e | -f | -p | -r | --exclude | --match | --timeout | --reason | --slack-user | --batch | --watch) return ;;
    *) words='-h --help --version -a -e -f -p -r --exclude --match --wait --here --timeout --reason --slack-user --batch --dry-run --cancel --watch --yes --json' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _snow_white snow-white snow-white.sh
