# Prints an event of --json as the program's text output has it. In: a line. Out: a line, or none.
def one_line: gsub("[[:cntrl:]]+"; " ");
def some(least): if length > least then "\(length) of them" else join(", ") end;

((fromjson? | objects) // {text: .}) as $event
| $event
| if .event == "matched" then
    "\(.environments | length) of \(.application) with \"\(.pattern)\" in the name: \([.environments[].name] | some(10)); "
      + "instances: \(.instances // "unknown")"
  elif .event == "started" then
    "\(.action) command \(.command) \(if .joined then "in flight already" else "sent" end): \(.environments + .instances | some(10))"
  elif .event == "advanced" then
    if .action == "status" then empty else "instances finished: \(.completed) of \(.targeted)" end
  elif .event == "instance" then
    if .as_asked and .left == null then empty else "\(.id) (\(.environment // "unknown")): \(.outcome) \(.note)" end
  elif .event == "report" then
    .headline, (.unverified[], .warnings[] | "  " + .), (if .next.words == "" then empty
      else "  next: \(.next.words)\(if .next.command == "" then "" else ": \(.next.command)" end)" end)
  elif .event == "status" then
    . as $status
    | if .told then empty else "\(.id) (\(.environment // "unknown")): unknown: \(.why_not)" end,
      (.workers[] | "\($status.id) (\($status.environment // "unknown")): worker \(.pid) \(.state), \(.busy) of \(.threads) busy, "
        + "since \(.since // "-")")
  elif .event == "launching" then "\(.action) of \(.application) in \(.region): \(.environments | some(10))"
  elif .event == "submitted" then "task \(.task) started by \(.started_by)"
  elif .event == "task" then "task is \(.status)"
  elif .event == "finding" then if .level == "fact" then .text else "\(.level): \(.text)" end
  elif .event == "cancelled" then "requested the cancel of \(.action) command \(.command) (\(.completed) of \(.targeted) had ended)"
  elif .event == "task_stopped" then "stopped task \(.task), which had not sent its command"
  elif .event == "error" then "error: \(.text)"
  elif .event == "ended" then "exit code \(.code): \(.name)"
  elif .text then .text
  else empty end
| one_line
| "\($event.at // "") \(.)"
