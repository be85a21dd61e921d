#include "sandbox/redis/sidekiq_structures.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace sandbox {

namespace {

// FNV-1a: the same ids in every run.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 14'695'981'039'346'656'037U;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    return hash;
}

double seconds_of(Instant instant) {
    return static_cast<double>(instant.time_since_epoch().count()) / 1000;
}

struct Kind {
    const char* name;
    bool by_active_job;
    std::size_t queue; // which of the process's
};
constexpr std::array kinds{Kind{"MailJob", false, 0}, Kind{"ImportJob", true, 1},
                           Kind{"ReportJob", false, 0}};

Json weights_of(const ReportedProcess& process) {
    Json weights = Json::object();
    for (const std::string& queue : process.queues)
        weights[queue] = 0;
    return weights;
}

std::string info_of(const ReportedProcess& process) {
    const int major = process.release->major;
    Json info = {
        {"hostname", process.host},      {"started_at", seconds_of(process.latest.started)},
        {"pid", process.latest.pid},     {"tag", process.tag},
        {"queues", process.queues},      {"labels", Json::array()},
        {"identity", process.identity()}};
    const Json weights = weights_of(process);
    if (major < 8) info["concurrency"] = process.concurrency;
    if (major >= 7) {
        info["weights"] = Json::array({weights});
        info["version"] = process.release->version;
        info["embedded"] = process.embedded;
    }
    if (major >= 8)
        info["capsules"] = {
            {"default",
             {{"concurrency", process.concurrency}, {"mode", "strict"}, {"weights", weights}}}};
    return info.dump();
}

// Seconds with a fraction; whole milliseconds since Sidekiq 8.
Json time_of_job(const ReportedProcess& process, Instant at) {
    if (process.release->major >= 8) return at.time_since_epoch().count();
    return seconds_of(at);
}

Json arguments_of(const Kind& kind, const std::string& queue, const std::string& id) {
    if (!kind.by_active_job) return {42, secret_argument};
    return Json::array({{{"job_class", kind.name},
                         {"job_id", id},
                         {"queue_name", queue},
                         {"arguments", {secret_argument}},
                         {"executions", 0},
                         {"locale", "en"}}});
}

// A process begins its jobs one second after the other, the highest number first; that one is also
// the last to end.
Instant begin_of(const ReportedProcess& process, std::size_t place) {
    const Instant begin = process.latest.started + std::chrono::seconds(place);
    return std::min(begin, process.latest.beat);
}

Json running_job(const ReportedProcess& process, int number, std::size_t place,
                 std::uint64_t hash) {
    const Kind& kind = kinds[static_cast<std::size_t>(number) % kinds.size()];
    const std::string queue =
        process.queues.empty() ? "" : process.queues[kind.queue % process.queues.size()];
    const std::string id = fmt::format("{:016x}{:08x}", hash, number);
    const Instant begin = begin_of(process, place);
    const Json enqueued = time_of_job(process, begin - Duration{250});
    Json payload = {{"retry", true},
                    {"queue", queue},
                    {"class", kind.name},
                    {"args", arguments_of(kind, queue, id)},
                    {"jid", id},
                    {"created_at", enqueued},
                    {"enqueued_at", enqueued}};
    if (kind.by_active_job) {
        payload["class"] = process.release->active_job;
        payload["wrapped"] = kind.name;
    }
    return {{"queue", queue},
            {"payload", process.release->major >= 6 ? Json(payload.dump()) : payload},
            {"run_at", std::chrono::floor<std::chrono::seconds>(begin).time_since_epoch().count()}};
}

} // namespace

const std::vector<std::string>& application_queues() {
    static const std::vector<std::string> queues{"default", "mailers"};
    return queues;
}

std::string ReportedProcess::identity() const {
    const std::string name = fmt::format("{}:{}", host, latest.pid);
    return fmt::format("{}:{:012x}", name, hash_of(name) & 0xffff'ffff'ffffU);
}

HashFields process_hash(const ReportedProcess& process) {
    const int major = process.release->major;
    HashFields fields{{"info", info_of(process)}};
    if (major >= 8) fields.emplace_back("concurrency", std::to_string(process.concurrency));
    fields.emplace_back("busy", std::to_string(process.latest.jobs.size()));
    fields.emplace_back("beat", fmt::format("{:.3f}", seconds_of(process.latest.beat)));
    if (major >= 6) fields.emplace_back("rtt_us", "212");
    fields.emplace_back("quiet", process.latest.quiet ? "true" : "false");
    if (major >= 6) fields.emplace_back("rss", "184320"); // KiB
    for (auto& [name, value] : fields)
        if (process.replaced.contains(name)) value = process.replaced[name].get<std::string>();
    return fields;
}

HashFields jobs_hash(const ReportedProcess& process) {
    HashFields fields;
    const std::uint64_t hash = hash_of(process.identity());
    for (std::size_t i = 0; i < process.latest.jobs.size(); ++i) {
        const int number = process.latest.jobs[i];
        const auto thread = (hash + static_cast<std::uint64_t>(number) * 7919) % 0xff'ffffU;
        fields.emplace_back(fmt::format("g{:x}", thread),
                            running_job(process, number, i, hash).dump());
    }
    return fields;
}

} // namespace sandbox
