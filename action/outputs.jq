# The events of a run as the step's outputs, a line each: GITHUB_OUTPUT takes a new line for a new output.
def one_line: gsub("[[:cntrl:]]+"; " ");

[inputs | fromjson? | objects] as $events
| ([$events[] | select(.event == "report")] | last) as $report
| ([$events[] | select(.event == "submitted")] | last) as $submitted
| {code: $code, task: ($submitted.task // ""), verdict: ($report.verdict // ""), headline: ($report.headline // "")}
| to_entries[]
| "\(.key)=\(.value | one_line)"
