#include "src/report/json/jobs_json.hpp"

#include "src/report/json/json_values.hpp"
#include "src/report/text/jobs_summary.hpp"
#include "src/report/text/jobs_table.hpp"

namespace snow_white::report {

namespace {

using sidekiq::Snapshot;

// A process that has never said when has the first moment of 1970.
OrderedJson moment_or_null(Instant at) {
    return or_null(at == Instant{} ? std::nullopt : std::optional(at));
}

JsonEvent job_event(const sidekiq::RunningJob& job, const Snapshot& snapshot) {
    const auto* process = process_of(job, snapshot);
    return {"job",
            {{"class", job.class_name},
             {"queue", job.queue},
             {"id", job.id},
             {"started", moment_or_null(job.started)},
             {"seconds", std::max<std::int64_t>(seconds_of(snapshot.at - job.started), 0)},
             {"process", job.identity},
             {"host", process == nullptr ? OrderedJson() : OrderedJson(process->host)},
             {"pid", process == nullptr ? OrderedJson() : OrderedJson(process->pid)},
             {"thread", job.thread}}};
}

JsonEvent process_event(const sidekiq::Process& process) {
    return {"process",
            {{"identity", process.identity},
             {"alive", true},
             {"host", process.host},
             {"pid", process.pid},
             {"version", or_null(process.version)},
             {"tag", process.tag},
             {"queues", process.queues},
             {"threads", process.concurrency},
             {"busy", process.busy},
             {"quiet", process.quiet},
             {"embedded", process.embedded},
             {"started", moment_or_null(process.started)},
             {"beat", moment_or_null(process.beat)}}};
}

// Redis has its identity and nothing else.
JsonEvent dead_process_event(const std::string& identity) {
    JsonEvent event{"process", {{"identity", identity}, {"alive", false}}};
    for (const char* const key : {"host", "pid", "version", "tag", "queues", "threads", "busy",
                                  "quiet", "embedded", "started", "beat"})
        event.fields[key] = nullptr;
    return event;
}

JsonEvent sums_event(const Snapshot& snapshot) {
    const RedisCounts counts = counts_of(snapshot);
    return {"jobs",
            {{"read_at", iso_time(snapshot.at)},
             {"running", snapshot.jobs.size() + snapshot.omitted_jobs},
             {"processes", snapshot.processes.size()},
             {"hosts", counts.hosts},
             {"quiet", counts.quiet},
             {"embedded", counts.embedded},
             {"dead_processes", snapshot.dead.size()},
             {"waiting", counts.waiting},
             {"queues", snapshot.queues.size()},
             {"scheduled", snapshot.scheduled},
             {"retries", snapshot.retries},
             {"dead", snapshot.dead_jobs},
             {"omitted_jobs", snapshot.omitted_jobs},
             {"omitted_processes", snapshot.omitted_processes},
             {"omitted_queues", snapshot.omitted_queues}}};
}

} // namespace

void jobs_events(const Snapshot& snapshot, const std::function<void(const JsonEvent&)>& take) {
    for (const auto& job : snapshot.jobs)
        take(job_event(job, snapshot));
    for (const auto& process : snapshot.processes)
        take(process_event(process));
    for (const auto& identity : snapshot.dead)
        take(dead_process_event(identity));
    for (const auto& queue : snapshot.queues)
        take({"queue",
              {{"name", queue.name}, {"waiting", queue.waiting}, {"paused", queue.paused}}});
    take(sums_event(snapshot));
}

} // namespace snow_white::report
