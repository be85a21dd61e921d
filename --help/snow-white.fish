# fish completion of snow-white, made from its own table of flags
function __snow_white_profiles
    sh -c 'sed -n '\''s/^\[\(profile \)\{0,1\}\([^]]*\)\]$/\2/p'\'' "${AWS_CONFIG_FILE:-$HOME/.aws/config}" "${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}" 2>/dev/null | sort -u'
end
function __snow_white_names
    sh -c 'wanted=$1; f= r= p=; while [ $# -gt 1 ]; do case $1 in -f) f=${2%%,*} ;; -r) r=${2%%,*} ;; -p) p=$2 ;; esac; shift; done; [ -n "$f" ] && [ -n "$r" ] || exit 0; name=ApplicationName; [ "$wanted" = -p ] && p= || name=EnvironmentName; aws elasticbeanstalk describe-environments ${p:+--application-name "$p"} --no-include-deleted --profile "$f" --region "$r" --query "Environments[].$name" --output text 2>/dev/null | tr "\t" "\n" | sort -u' sh $argv (commandline -opc)
end
complete -c snow-white -f
complete -c snow-white -s h -l help -d 'Say all this'
complete -c snow-white -l version -d 'Say which release this is'
complete -c snow-white -s a -x -a 'quiet wake stop status' -d 'quiet, wake or stop; status: what each worker does now'
complete -c snow-white -s e -x -a '(__snow_white_names -e)' -d 'EB environments with this in their names; repeatable'
complete -c snow-white -s f -x -a '(__snow_white_profiles)' -d 'AWS profile, e.g. staging; with --here several: a,b'
complete -c snow-white -s p -x -a '(__snow_white_names -p)' -d 'EB application'
complete -c snow-white -s r -x -d 'The workers'\'' AWS region; several: us-east-1,eu-west-1'
complete -c snow-white -l exclude -x -d '... but not those with this; repeatable'
complete -c snow-white -l match -x -d 'How they are compared: contains (default), exact, glob'
complete -c snow-white -l wait -d 'Stay until it is over; its result is the exit code'
complete -c snow-white -l here -d 'Watch from this machine; no Fargate task'
complete -c snow-white -l timeout -x -d 'Stop waiting after this, e.g. 90s, 45m (default 48h)'
complete -c snow-white -l reason -x -d 'Why: for Slack, SSM'\''s comment and the task'\''s tag'
complete -c snow-white -l slack-user -x -d 'Who gets Slack'\''s direct message; default: your IAM tag'
complete -c snow-white -l batch -x -d 'wake: so many instances at a time, e.g. 10 or 25%'
complete -c snow-white -l dry-run -d 'Say what would happen and what is in its way'
complete -c snow-white -l cancel -d 'Cancel it where it is in flight; who is quiet stays so'
complete -c snow-white -l watch -x -d 'status: anew so often until Ctrl-C, e.g. 60s'
complete -c snow-white -l yes -d 'stop: do not ask first (it asks on a terminal only)'
complete -c snow-white -l json -d 'One JSON object a line (docs/json-lines.schema.json)'
