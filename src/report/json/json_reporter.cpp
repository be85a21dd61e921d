#include "src/report/json/json_reporter.hpp"

#include "src/report/json/json_names.hpp"
#include "src/report/text/pattern_text.hpp"

#include <fmt/format.h>

namespace snow_white::report {

OrderedJson or_null(const std::string& text) {
    return text.empty() ? OrderedJson() : OrderedJson(text);
}

OrderedJson worker_object(const drain::Worker& worker) {
    return {
        {"pid", worker.pid},
        {"unit", worker.unit},
        {"version", worker.version},
        {"busy", worker.busy},
        {"threads", worker.of},
        {"state", drain::name_of(worker.state)},
        {"since", worker.since ? OrderedJson(iso_time(*worker.since)) : OrderedJson()},
        {"container", or_null(worker.container)},
        {"pid_inside", worker.pid_inside == 0 ? OrderedJson() : OrderedJson(worker.pid_inside)}};
}

namespace {

template <class Items, class Make> OrderedJson list_of(const Items& items, Make make) {
    OrderedJson list = OrderedJson::array();
    for (const auto& item : items)
        list.push_back(make(item));
    return list;
}

OrderedJson ids_of(const std::vector<InstanceId>& ids) {
    return list_of(ids, [](const InstanceId& id) { return id.text; });
}

OrderedJson environment_object(const drain::EnvironmentProgress& one) {
    return {{"name", or_null(one.name)},
            {"instances", one.instances},
            {"as_asked", one.as_asked},
            {"gone", one.gone}};
}

OrderedJson straggler_object(const drain::UnfinishedInstance& one) {
    return {{"id", one.id.text},
            {"environment", or_null(one.environment)},
            {"outcome", key_of(one.outcome)},
            {"since", iso_time(one.since)},
            {"jobs", one.heard ? OrderedJson(one.heard->jobs) : OrderedJson()},
            {"heard_at", one.heard ? OrderedJson(iso_time(one.heard->at)) : OrderedJson()}};
}

OrderedJson left_object(const std::optional<drain::Leaving>& left) {
    if (!left) return {};
    return {{"jobs", left->jobs ? OrderedJson(*left->jobs) : OrderedJson()}};
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

std::int64_t seconds_of(Duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

OrderedJson place_object(const drain::RegionResult& one) {
    return {{"place", one.region_label},
            {"verdict", key_of(one.verdict)},
            {"why", one.why},
            {"begun", one.may_have_sent}};
}

struct JsonFormatter {
    const RunInfo& run_info;
    drain::Action action;
    const std::function<void(const JsonEvent&)>& take;

    void operator()(const drain::FleetDiscovered& matched) const {
        const auto environments = list_of(matched.environments, [](const fleet::Environment& one) {
            return OrderedJson{
                {"name", one.name}, {"status", one.status}, {"tier", or_null(one.tier)}};
        });
        take(
            {"matched",
             {{"application", run_info.application},
              {"pattern", in_brief(run_info.pattern)},
              {"region", run_info.region},
              {"reason", run_info.reason},
              {"environments", environments},
              {"instances", matched.instances ? OrderedJson(*matched.instances) : OrderedJson()}}});
    }

    void operator()(const drain::CommandStarted& started) const {
        const bool act = started.spec.purpose == drain::Purpose::act;
        take({"started",
              {{"action", act ? name_of(action) : "status"},
               {"command", started.id.text},
               {"joined", started.joined},
               {"place", or_null(started.region_label)},
               {"environments", started.spec.environments},
               {"instances", ids_of(started.spec.instances)}}});
    }

    void operator()(const drain::ProgressChanged& advanced) const {
        take({"advanced",
              {{"action", advanced.purpose == drain::Purpose::act ? name_of(action) : "status"},
               {"completed", advanced.completed},
               {"targeted", advanced.targeted}}});
    }

    void operator()(const drain::Notice& noted) const {
        take({"noted", {{"text", noted.what}, {"loud", noted.important}}});
    }

    void operator()(const drain::ProgressSnapshot& standing) const {
        take({"standing",
              {{"action", name_of(standing.action)},
               {"stage", key_of(standing.stage)},
               {"begun", iso_time(standing.begun)},
               {"deadline", iso_time(standing.deadline)},
               {"completed", standing.completed},
               {"targeted", standing.targeted},
               {"all", environment_object(standing.all)},
               {"environments", list_of(standing.environments, environment_object)},
               {"more_environments", standing.omitted_environments},
               {"stragglers", list_of(standing.unfinished, straggler_object)},
               {"jobs", standing.jobs},
               {"heard", standing.heard}}});
    }

    void operator()(const drain::Report& report) const {
        const Summary summary = summarize(report, run_info);
        for (const auto& instance : report.instances)
            take({"instance", instance_object(instance)});
        take({"report",
              {{"action", name_of(report.action)},
               {"verdict", key_of(report.verdict)},
               {"headline", summary.headline},
               {"verified", summary.seen},
               {"why", report.why},
               {"begun", report.may_have_sent},
               {"places", list_of(report.regions, place_object)},
               {"elapsed_seconds", seconds_of(report.elapsed)},
               {"timeout_seconds",
                run_info.timeout ? OrderedJson(seconds_of(*run_info.timeout)) : OrderedJson()},
               {"environments", report.environments},
               {"instances", report.instances.size()},
               {"on_pods", report.on_pods},
               {"left", left_object(count_left(report))},
               {"unverified", report.unverified},
               {"warnings", report.warnings},
               {"next", {{"words", summary.next.words}, {"command", summary.next.command}}}}});
    }
};

} // namespace

void json_events(const drain::Event& event, const RunInfo& run_info, drain::Action action,
                 const std::function<void(const JsonEvent&)>& take) {
    std::visit(JsonFormatter{run_info, action, take}, event);
}

std::string in_json(const JsonEvent& event, Instant at) {
    OrderedJson object{{"v", json_version}, {"event", event.name}, {"at", iso_time(at)}};
    object.update(event.fields);
    // What is no UTF-8 is replaced, not thrown at: an instance may say anything.
    return object.dump(-1, ' ', true, OrderedJson::error_handler_t::replace);
}

JsonReporter::JsonReporter(std::FILE* out, const Clock& clock, RunInfo run_info,
                           drain::Action action)
    : out_(out), clock_(clock), run_info_(std::move(run_info)), action_(action) {}

void JsonReporter::handle(const drain::Event& event) {
    json_events(event, run_info_, action_, [this](const JsonEvent& one) { write(one); });
}

void JsonReporter::write(const std::string& line) {
    write({"said", {{"text", line}}});
}

void JsonReporter::write(const JsonEvent& event) {
    fmt::print(out_, "{}\n", in_json(event, clock_.now()));
    std::fflush(out_);
}

JsonEvent status_event(const InstanceStatus& status) {
    const auto& instance = status.instance;
    OrderedJson workers = OrderedJson::array();
    for (const auto& worker : status.workers)
        workers.push_back(worker_object(worker));
    OrderedJson scripts = OrderedJson::array();
    for (const auto& script : status.scripts)
        scripts.push_back({{"action", drain::name_of(script.action)}, {"pid", script.pid}});
    return {"status",
            {{"id", instance.id.text},
             {"environment", or_null(instance.environment)},
             {"zone", or_null(instance.zone)},
             {"agent", name_of(instance.agent)},
             {"told", status.told},
             {"why_not", status.why_not},
             {"host", or_null(status.host)},
             {"scripts", scripts},
             {"workers", workers}}};
}

} // namespace snow_white::report
