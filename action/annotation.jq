# The runner's annotation for a failed run. In: the events. Out: a workflow command, or nothing.
def one_line: gsub("[[:cntrl:]]+"; " ");

[inputs | fromjson? | objects] as $events
| ([$events[] | select(.event == "report").headline] + [$events[] | select(.event == "error").text] | first) as $why
| if $code == "0" then empty
  else "::error title=Snow White::\($why // "ended without a word" | one_line | gsub("%"; "%25")) (exit code \($code))" end
