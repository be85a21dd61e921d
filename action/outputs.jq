# Turns a run's events into the step's outputs, one line each: in GITHUB_OUTPUT a line break begins
# a new output.
def one_line: gsub("[[:cntrl:]]+"; " ");

[inputs | fromjson? | objects] as $events
| ([$events[] | select(.event == "report")] | last) as $report
| ([$events[] | select(.event == "submitted")] | last) as $submitted
| {code: $code, task: ($submitted.task // ""), verdict: ($report.verdict // ""), headline: ($report.headline // "")}
| to_entries[]
| "\(.key)=\(.value | one_line)"
