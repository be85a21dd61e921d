// POST and GET /_sandbox/redis.
#include "sandbox/base/fail.hpp"
#include "sandbox/redis/simulated_redis.hpp"
#include "sandbox/wire/digest.hpp"
#include "src/base/enum_names.hpp"

#include <stdexcept>

namespace sandbox {

namespace {

constexpr std::size_t most_processes_added = 20'000;
constexpr int most_jobs_added = 100;

constexpr snow_white::EnumName<RedisFault> redis_faults[] = {
    {RedisFault::none, "none"},       {RedisFault::refuse, "refuse"},
    {RedisFault::hang, "hang"},       {RedisFault::cut, "cut"},
    {RedisFault::garbage, "garbage"}, {RedisFault::loading, "loading"},
    {RedisFault::denied, "denied"}};
static_assert(snow_white::has_all_enumerators(redis_faults));

const SidekiqRelease& release_of(const Json& asked, const SidekiqRelease& usual) {
    const std::string name = asked.value("sidekiq", std::string(usual.name));
    if (const SidekiqRelease* const found = release_named(name)) return *found;
    fail<std::invalid_argument>("sidekiq '{}': wanted 5.2, 6.4, 7.3 or 8.1", name);
}

Json fields_of(const Json& asked) {
    Json fields = asked.value("fields", Json::object());
    for (const auto& [name, value] : fields.items())
        if (!value.is_string()) fail<std::invalid_argument>("fields: {} must be a text", name);
    return fields;
}

// The last one first, as that of an instance: simulated_workers.cpp.
std::vector<int> jobs_of(const Json& asked) {
    const int busy = asked.value("busy", 0);
    if (busy < 0 || busy > most_jobs_added)
        fail<std::invalid_argument>("busy: wanted 0 to {}", most_jobs_added);
    std::vector<int> jobs;
    for (int job = busy - 1; job >= 0; --job)
        jobs.push_back(job);
    return jobs;
}

std::string host_of(const Json& asked) {
    const std::string host = asked.value("host", "");
    if (host.empty()) throw std::invalid_argument("wanted \"host\": \"console-1\"");
    return host;
}

} // namespace

Json SimulatedRedis::change(const Json& asked, Instant now) {
    const std::string verb = asked.is_object() ? asked.value("do", "") : "";
    if (verb == "add")
        add(asked, now);
    else if (verb == "remove")
        remove(asked);
    else if (verb == "set")
        set(asked);
    else if (verb == "break")
        give_trouble(asked);
    else if (verb == "repair")
        trouble_ = {};
    else if (verb == "restart")
        restart(now);
    else
        throw std::invalid_argument(
            R"(wanted {"do": VERB} with VERB add, remove, set, break, repair or restart)");
    return report();
}

Json SimulatedRedis::report() const {
    return {{"commands", commands_},
            {"connections", connections_},
            {"trouble", snow_white::name_of(redis_faults, trouble_.fault)}};
}

void SimulatedRedis::add(const Json& asked, Instant now) {
    const auto count = asked.value("count", std::size_t{1});
    if (count > most_processes_added)
        fail<std::invalid_argument>("count: at most {} at once", most_processes_added);
    Stranger stranger;
    ReportedProcess& process = stranger.process;
    process.host = host_of(asked);
    process.release = &release_of(asked, *release_);
    process.queues = asked.value("queues", std::vector<std::string>{"default"});
    process.embedded = asked.value("embedded", false);
    process.has_hash = !asked.value("ghost", false);
    process.replaced = fields_of(asked);
    process.latest = {.pid = asked.value("pid", 4242),
                      .started = now - std::chrono::seconds(asked.value("up_for", 0)),
                      .quiet = asked.value("quiet", false),
                      .jobs = jobs_of(asked)};
    stranger.silent = std::chrono::seconds(asked.value("silent_for", 0));
    for (std::size_t i = 0; i < count; ++i) {
        strangers_.push_back(stranger);
        ++process.latest.pid;
    }
}

void SimulatedRedis::remove(const Json& asked) {
    const std::string host = host_of(asked);
    if (std::erase_if(strangers_, [&](const Stranger& one) { return one.process.host == host; }) ==
        0)
        fail<std::invalid_argument>("no process of host {} was added", host);
}

void SimulatedRedis::set(const Json& asked) {
    const auto queues = asked.value("queues", std::map<std::string, std::size_t>{});
    auto sizes = sizes_;
    for (const char* const name : {"schedule", "retry", "dead"})
        if (asked.contains(name)) sizes.sorted_sets[name] = asked[name].get<std::size_t>();
    sizes.paused = asked.value("paused", sizes.paused);
    frozen_ = asked.value("frozen", frozen_);
    sizes_ = std::move(sizes);
    for (const auto& [queue, waiting] : queues)
        waiting_[queue] = static_cast<double>(waiting);
}

void SimulatedRedis::give_trouble(const Json& asked) {
    const std::string how = asked.value("how", "");
    const auto fault = snow_white::parse(redis_faults, how);
    if (!fault || *fault == RedisFault::none)
        throw std::invalid_argument(
            R"(wanted "how": refuse, hang, cut, garbage, loading or denied)");
    trouble_ = {.fault = *fault,
                .on = in_upper_case(asked.value("on", "")),
                .times = asked.value("times", 0L)};
}

// Without a copy on disk: queues are empty, and each process is there again after its next beat.
void SimulatedRedis::restart(Instant now) {
    ++starts_;
    empty_since_ = now;
    sizes_ = {};
    std::erase_if(strangers_, [](const Stranger& one) { return !one.process.has_hash; });
    for (auto& [queue, waiting] : waiting_)
        waiting = 0;
}

} // namespace sandbox
