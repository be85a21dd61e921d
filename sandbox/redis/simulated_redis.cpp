#include "sandbox/redis/simulated_redis.hpp"

#include "sandbox/redis/redis_command.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace sandbox {

namespace {

constexpr double jobs_taken_a_second = 2; // by a process, of each of its queues
constexpr double jobs_added_a_second = 1; // to each queue
constexpr std::size_t longest_counted = 20;

// As it is counted: what a client made up stays short and printable.
std::string counted_name(const std::string& text) {
    std::string name = text.substr(0, longest_counted);
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
        return static_cast<char>(c > ' ' && c <= '~' ? std::toupper(c) : '?');
    });
    return name;
}

} // namespace

SimulatedRedis::SimulatedRedis(std::string password, const SidekiqRelease& release, Instant now)
    : password_(std::move(password)), release_(&release), worked_off_(now) {
    for (const std::string& queue : application_queues())
        waiting_[queue] = 0;
}

RedisSession SimulatedRedis::connect() {
    RedisSession session;
    session.authenticated = password_.empty();
    session.id = ++connections_;
    session.start = starts_;
    return session;
}

RedisAnswer SimulatedRedis::receive(RedisSession& session, std::string_view bytes,
                                    const std::vector<const RegionState*>& regions, Instant now) {
    if (session.start != starts_ || !accepts()) return {.bytes = "", .closes = true};
    session.unread += bytes;
    RedisAnswer answer;
    std::string_view unread = session.unread;
    std::optional<ProtocolError> error;
    std::optional<Keyspace> keys; // one moment for all that came together
    while (!session.closing && !answer.closes) {
        const auto request = take_request(unread, session.authenticated, error);
        if (!request) break;
        if (request->empty()) continue;
        if (!keys) keys = keyspace(regions, now);
        answer_one(session, *request, *keys, now, answer);
    }
    session.unread.erase(0, session.unread.size() - unread.size());
    if (error) ReplyWriter(answer.bytes, session.protocol).error(error->message);
    answer.closes = answer.closes || session.closing || error.has_value();
    return answer;
}

RedisFault SimulatedRedis::fault_for(const std::string& command) {
    if (trouble_.fault == RedisFault::none) return RedisFault::none;
    if (!trouble_.on.empty() && trouble_.on != command) return RedisFault::none;
    const RedisFault fault = trouble_.fault;
    if (trouble_.times > 0 && --trouble_.times == 0) trouble_ = {};
    return fault;
}

void SimulatedRedis::answer_one(RedisSession& session, const RedisRequest& request,
                                const Keyspace& keys, Instant now, RedisAnswer& answer) {
    static const Keyspace empty_database;
    const std::string name = counted_name(request.front());
    ++commands_[name];
    ReplyWriter reply(answer.bytes, session.protocol);
    const RedisFault fault = fault_for(name);
    const std::size_t before = answer.bytes.size();
    switch (fault) {
    case RedisFault::refuse:
    case RedisFault::hang:
        return;
    case RedisFault::garbage:
        answer.bytes += "HTTP/1.1 400 Bad Request\r\n\r\n";
        return;
    case RedisFault::loading:
        return reply.error("LOADING Redis is loading the dataset in memory");
    case RedisFault::denied:
        return reply.error(
            fmt::format("NOPERM this user has no permissions to run the '{}' command",
                        RedisCommand::in_lower_case(name)));
    case RedisFault::cut:
    case RedisFault::none:
        RedisCommand(session, request, session.database == 0 ? keys : empty_database, password_,
                     now, answer.bytes)
            .run();
    }
    if (fault != RedisFault::cut) return;
    answer.bytes.resize(before + (answer.bytes.size() - before) / 2);
    answer.closes = true;
}

// The queues as they are after so many seconds in which these processes worked.
void SimulatedRedis::work_off(const std::vector<ReportedProcess>& processes, Instant now) {
    const double seconds =
        std::chrono::duration<double>(now - std::exchange(worked_off_, now)).count();
    if (frozen_) return;
    std::map<std::string, long> takers;
    for (const ReportedProcess& process : processes)
        if (process.has_hash && !process.latest.quiet)
            for (const std::string& queue : process.queues)
                ++takers[queue];
    for (auto& [queue, waiting] : waiting_) {
        const double taken = jobs_taken_a_second * static_cast<double>(takers[queue]);
        waiting = std::max(0.0, waiting + seconds * (jobs_added_a_second - taken));
    }
}

ReportedProcess SimulatedRedis::as_of(const Stranger& stranger, Instant now) {
    ReportedProcess process = stranger.process;
    BeatOfProcess& latest = process.latest;
    latest.beat = now - (now - latest.started) % process.release->beat - stranger.silent;
    latest.started = std::min(latest.started, latest.beat);
    return process;
}

Keyspace SimulatedRedis::keyspace(const std::vector<const RegionState*>& regions, Instant now) {
    std::vector<ReportedProcess> processes;
    for (const RegionState* const region : regions)
        add_processes(processes, *region, now);
    for (const Stranger& stranger : strangers_)
        processes.push_back(as_of(stranger, now));
    if (empty_since_)
        std::erase_if(processes, [&](const ReportedProcess& process) {
            return process.latest.beat < *empty_since_;
        });
    work_off(processes, now);
    for (const auto& [queue, waiting] : waiting_)
        sizes_.waiting[queue] = static_cast<std::size_t>(waiting);
    return {std::move(processes), sizes_};
}

} // namespace sandbox
