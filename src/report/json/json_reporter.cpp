#include "src/report/json/json_reporter.hpp"

#include "src/base/output.hpp"
#include "src/report/json/json_values.hpp"
#include "src/report/names.hpp"
#include "src/report/text/pattern_text.hpp"

namespace snow_white::report {

namespace {

OrderedJson worker_object(const drain::Worker& worker) {
    return {
        {"pid", worker.pid},
        {"unit", worker.unit},
        {"version", worker.version},
        {"busy", worker.busy},
        {"threads", worker.threads},
        {"state", name_of(worker.state)},
        {"since", or_null(worker.since)},
        {"container", or_null(worker.container)},
        {"pid_inside", worker.pid_inside == 0 ? OrderedJson() : OrderedJson(worker.pid_inside)}};
}

OrderedJson environment_object(const drain::EnvironmentProgress& one) {
    return {{"name", or_null(one.name)},
            {"instances", one.instances},
            {"as_asked", one.as_asked},
            {"gone", one.gone}};
}

OrderedJson unfinished_object(const drain::UnfinishedInstance& one) {
    return {
        {"id", one.id.text},
        {"environment", or_null(one.environment)},
        {"outcome", key_of(one.outcome)},
        {"since", iso_time(one.since)},
        {"jobs", one.last_count ? OrderedJson(one.last_count->jobs) : OrderedJson()},
        {"heard_at", one.last_count ? OrderedJson(iso_time(one.last_count->at)) : OrderedJson()}};
}

OrderedJson left_object(const std::optional<drain::Leaving>& left) {
    if (!left) return {};
    return {{"jobs", or_null(left->jobs)}};
}

OrderedJson left_object(const drain::LeftCounts& left) {
    return {{"with_jobs", left.with_jobs}, {"jobs", left.jobs}, {"unanswered", left.unanswered}};
}

OrderedJson instance_object(const drain::InstanceResult& instance) {
    return {{"id", instance.id.text},
            {"environment", or_null(instance.environment)},
            {"outcome", key_of(instance.outcome)},
            {"as_asked", is_success(instance.outcome)},
            {"note", instance.note},
            {"workers", list_of(instance.workers, worker_object)},
            {"left", left_object(instance.left)}};
}

OrderedJson sidekiq_object(const drain::SidekiqView& view) {
    const auto job = [](const drain::JobLeft& one) {
        return OrderedJson{{"class", one.class_name},
                           {"queue", one.queue},
                           {"id", one.id},
                           {"started", iso_time(one.started)},
                           {"where", one.where}};
    };
    const auto class_count = [](const drain::ClassCount& one) {
        return OrderedJson{{"class", one.class_name}, {"jobs", one.jobs}};
    };
    const auto others = [](const drain::OtherWorkers& one) {
        return OrderedJson{{"host", one.host},
                           {"processes", one.processes},
                           {"queues", one.queues},
                           {"embedded", one.embedded}};
    };
    const auto queue = [](const drain::WaitingJobs& one) {
        return OrderedJson{{"name", one.queue}, {"waiting", one.jobs}, {"paused", one.paused}};
    };
    return {{"source", key_of(view.source)},
            {"why", view.why},
            {"jobs", view.jobs},
            {"longest", list_of(view.longest, job)},
            {"classes", list_of(view.classes, class_count)},
            {"other_processes", view.other_processes},
            {"other_hosts", view.other_hosts},
            {"others", list_of(view.others, others)},
            {"waiting", view.waiting},
            {"queues", list_of(view.queues, queue)},
            {"waiting_before", or_null(view.waiting_before)},
            {"unread_processes", view.unread_processes},
            {"unread_queues", view.unread_queues}};
}

OrderedJson region_object(const drain::RegionResult& one) {
    return {{"place", one.region_label},
            {"verdict", key_of(one.verdict)},
            {"why", one.why},
            {"begun", one.may_have_sent}};
}

struct JsonFormatter {
    const RunInfo& run_info;
    const std::function<void(const JsonEvent&)>& take;

    std::string_view name_for(drain::Purpose purpose) const {
        return purpose == drain::Purpose::act ? name_of(run_info.action) : drain::status_word;
    }

    void operator()(const drain::FleetDiscovered& matched) const {
        const auto environments = list_of(matched.environments, [](const fleet::Environment& one) {
            return OrderedJson{
                {"name", one.name}, {"status", one.status}, {"tier", or_null(one.tier)}};
        });
        take({"matched",
              {{"application", run_info.application},
               {"pattern", in_brief(run_info.pattern)},
               {"region", run_info.region},
               {"reason", run_info.reason},
               {"environments", environments},
               {"instances", or_null(matched.instances)}}});
    }

    void operator()(const drain::CommandStarted& started) const {
        take({"started",
              {{"action", name_for(started.spec.purpose)},
               {"command", started.id.text},
               {"joined", started.adopted},
               {"place", or_null(started.region_label)},
               {"environments", started.spec.environments},
               {"instances",
                list_of(started.spec.instances, [](const auto& id) { return id.text; })}}});
    }

    void operator()(const drain::ProgressChanged& progress) const {
        take({"advanced",
              {{"action", name_for(progress.purpose)},
               {"completed", progress.completed},
               {"targeted", progress.targeted}}});
    }

    void operator()(const drain::Notice& notice) const {
        take({"noted", {{"text", notice.what}, {"loud", notice.important}}});
    }

    void operator()(const drain::ProgressSnapshot& snapshot) const {
        take({"standing",
              {{"action", name_of(snapshot.action)},
               {"stage", key_of(snapshot.stage)},
               {"begun", iso_time(snapshot.begun)},
               {"deadline", iso_time(snapshot.deadline)},
               {"completed", snapshot.completed},
               {"targeted", snapshot.targeted},
               {"all", environment_object(snapshot.all)},
               {"environments", list_of(snapshot.environments, environment_object)},
               {"more_environments", snapshot.omitted_environments},
               {"stragglers", list_of(snapshot.unfinished, unfinished_object)},
               {"jobs", snapshot.jobs},
               {"heard", snapshot.counted},
               {"sidekiq", sidekiq_object(snapshot.sidekiq)}}});
    }

    void operator()(const drain::SidekiqView& view) const { take(sidekiq_event(view)); }

    void operator()(const drain::Report& report) const {
        const Summary summary = summarize(report, run_info);
        for (const auto& instance : report.instances)
            take({"instance", instance_object(instance)});
        take({"report",
              {{"action", name_of(report.action)},
               {"verdict", key_of(report.verdict)},
               {"headline", summary.headline},
               {"verified", summary.verified},
               {"why", report.why},
               {"begun", report.may_have_sent},
               {"places", list_of(report.regions, region_object)},
               {"elapsed_seconds", seconds_of(report.elapsed)},
               {"timeout_seconds",
                run_info.timeout ? OrderedJson(seconds_of(*run_info.timeout)) : OrderedJson()},
               {"environments", report.environments},
               {"instances", report.instances.size()},
               {"on_pods", report.on_pods},
               {"left", left_object(count_left(report))},
               {"unverified", report.unverified},
               {"warnings", report.warnings},
               {"sidekiq", sidekiq_object(report.sidekiq)},
               {"next", {{"words", summary.next.text}, {"command", summary.next.command}}}}});
    }
};

} // namespace

void json_events(const drain::Event& event, const RunInfo& run_info,
                 const std::function<void(const JsonEvent&)>& take) {
    std::visit(JsonFormatter{run_info, take}, event);
}

std::string in_json(const JsonEvent& event, Instant at) {
    OrderedJson object{{"v", json_version}, {"event", event.name}, {"at", iso_time(at)}};
    object.update(event.fields);
    // An instance may print any bytes: those that are no UTF-8 are replaced.
    return object.dump(-1, ' ', true, OrderedJson::error_handler_t::replace);
}

void JsonReporter::handle(const drain::Event& event) {
    json_events(event, run_info_, [this](const JsonEvent& one) { write(one); });
}

void JsonReporter::write(const std::string& line) {
    write({"said", {{"text", line}}});
}

void JsonReporter::write(const JsonEvent& event) {
    write_line(out_, in_json(event, clock_.now()));
}

JsonEvent sidekiq_event(const drain::SidekiqView& view) {
    return {"sidekiq", sidekiq_object(view)};
}

JsonEvent status_event(const InstanceStatus& status) {
    const auto& instance = status.instance;
    const auto script_object = [](const drain::RunningScript& script) {
        return OrderedJson{{"action", name_of(script.action)}, {"pid", script.pid}};
    };
    return {"status",
            {{"id", instance.id.text},
             {"environment", or_null(instance.environment)},
             {"zone", or_null(instance.zone)},
             {"agent", name_of(instance.agent)},
             {"told", status.answered},
             {"why_not", status.why_not},
             {"host", or_null(status.host)},
             {"scripts", list_of(status.scripts, script_object)},
             {"workers", list_of(status.workers, worker_object)}}};
}

} // namespace snow_white::report
