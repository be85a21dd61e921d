# Turns a run's events into the step's summary. Only HTML without an empty line: so no text from AWS
# or others is read as Markdown. GitHub takes 1 MiB for each step, so rows are limited and the rest
# is counted.
def text: tostring | gsub("[[:cntrl:]]+"; " ") | @html;
def cell: "<td>\(. // "unknown" | text)</td>";
def table(heads; rows): (rows) as $rows
  | if $rows == [] then empty
    else "<table><tr>\(heads | map("<th>\(.)</th>") | add)</tr>",
      ($rows[:200][] | "<tr>\(map(cell) | add)</tr>"),
      "</table>",
      (if ($rows | length) > 200 then "<p>… and \(($rows | length) - 200) more: the output <code>events</code> has all.</p>" else empty end)
    end;
def list(lines): (lines) as $lines
  | if $lines == [] then empty else "<ul>\($lines[:50] | map("<li>\(text)</li>") | add)</ul>" end;

[inputs | fromjson? | objects] as $events
| def of(name): [$events[] | select(.event == name)];
(of("report") | last) as $report
| (of("submitted") | last) as $submitted
| (of("ended") | last | .name // "ended without a word") as $name
| (if $code == "0" then "✅" else "❌" end) as $mark
| if $report then
    "<h3>\($mark) \($report.headline | text)</h3>",
    "<p>\($report.action | text) of \($report.environments | join(", ") | text), instances: \($report.instances), "
      + "\($report.elapsed_seconds) s; exit code \($code | text) (\($name | text))</p>",
    (if $report.why == "" then empty else "<p>\($report.why | text)</p>" end),
    list($report.unverified + $report.warnings + [$report.places[] | "\(.place): \(.verdict) \(.why)"]),
    table(["instance", "environment", "outcome", "note"];
      [of("instance")[] | select((.as_asked | not) or .left != null) | [.id, .environment, .outcome, .note]]),
    (if $report.next.words == "" then empty else "<p>Next: \($report.next.words | text)</p>" end),
    (if $report.next.command == "" then empty else "<pre>\($report.next.command | text)</pre>" end)
  else
    "<h3>\($mark) Snow White: exit code \($code | text) (\($name | text))</h3>"
  end,
  (if $submitted and ($report | not) then
    "<p>Submitted; how it ends is not known yet. A later step follows it with the input <code>task</code>:</p>",
    "<pre>\($submitted.task | text)</pre>" else empty end),
  table(["instance", "environment", "worker", "state", "jobs", "since"];
    [of("status")[] | . as $status
      | if .told and .workers != [] then .workers[] | [$status.id, $status.environment, .pid, .state, .busy, .since]
      else [.id, .environment, "-", (if .told then "no worker" else "unknown: \(.why_not)" end), "-", "-"] end]),
  list([of("finding")[] | "\(.level): \(.text)"] + [of("cancelled")[] | "cancelled: \(.action) command \(.command)"]
    + [of("task_stopped")[] | "stopped: \(.task)"] + [of("noted")[] | select(.loud) | .text] + [of("error")[].text]),
  ""
