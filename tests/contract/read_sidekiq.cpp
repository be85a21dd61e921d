// For test_sidekiq_redis.py, test_sidekiq_releases.py and bench. Reads the Redis that the variable
// SIDEKIQ_REDIS_URL names, as often as the argument says (once), and prints the last Snapshot as
// JSON. Exit code 1: the words why not, on standard error. The second argument: the CA file. The
// third: "count" prints only how many jobs it saw, "wait" waits for the input's end after that.
#include "src/base/system_clock.hpp"
#include "src/base/time_format.hpp"
#include "src/sidekiq/addresses.hpp"
#include "src/sidekiq/openssl_sockets.hpp"
#include "src/sidekiq/reader.hpp"

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

namespace {

using namespace snow_white;
using namespace snow_white::sidekiq;
using Json = nlohmann::ordered_json;

Json in_json(const Process& process) {
    return {{"identity", process.identity},
            {"host", process.host},
            {"pid", process.pid},
            {"host_and_pid", host_and_pid(process)},
            {"version", process.version},
            {"tag", process.tag},
            {"queues", process.queues},
            {"concurrency", process.concurrency},
            {"busy", process.busy},
            {"quiet", process.quiet},
            {"embedded", process.embedded},
            {"started", iso_time(process.started)},
            {"beat", iso_time(process.beat)}};
}

Json in_json(const RunningJob& job) {
    return {{"class", job.class_name},
            {"id", job.id},
            {"queue", job.queue},
            {"thread", job.thread},
            {"started", iso_time(job.started)},
            {"identity", job.identity}};
}

Json in_json(const Queue& queue) {
    return {{"name", queue.name}, {"waiting", queue.waiting}, {"paused", queue.paused}};
}

template <typename Item> Json list_in_json(const std::vector<Item>& items) {
    Json list = Json::array();
    for (const auto& item : items)
        list.push_back(in_json(item));
    return list;
}

Json in_json(const Snapshot& snapshot) {
    return {
        {"at", iso_time(snapshot.at)},
        {"processes", list_in_json(snapshot.processes)},
        {"dead", snapshot.dead},
        {"jobs", list_in_json(snapshot.jobs)},
        {"queues", list_in_json(snapshot.queues)},
        {"scheduled", snapshot.scheduled},
        {"retries", snapshot.retries},
        {"dead_jobs", snapshot.dead_jobs},
        {"omitted", {snapshot.omitted_processes, snapshot.omitted_jobs, snapshot.omitted_queues}}};
}

int failed(const std::string& why) {
    std::cerr << why << "\n";
    return 1;
}

} // namespace

int main(int argc, char** argv) {
    SystemClock clock;
    const char* const setting = std::getenv("SIDEKIQ_REDIS_URL");
    auto addresses = addresses_for(setting != nullptr ? setting : "", "app");
    if (!addresses) return failed(addresses.error());
    OpensslSockets sockets(clock, argc > 2 ? argv[2] : "");
    Reader reader(addresses->servers, addresses->name_space, sockets, clock);
    auto snapshot = reader.read();
    for (int left = argc > 1 ? std::atoi(argv[1]) : 1; left > 1 && snapshot; --left) {
        snapshot = Snapshot{};
        snapshot = reader.read();
    }
    if (!snapshot) return failed(snapshot.error().why);
    const std::string_view end = argc > 3 ? argv[3] : "";
    if (!end.empty()) std::cout << snapshot->jobs.size() << " jobs" << std::endl;
    if (end == "wait") std::cin.get();
    if (!end.empty()) return 0;
    std::cout << in_json(*snapshot).dump(1) << "\n";
}
