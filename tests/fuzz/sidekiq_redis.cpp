// What Sidekiq's Redis sends: a whole look by a Reader, and each parser of a value. Text that comes
// out is printable and bounded, and an error repeats nothing.
#include "src/base/printable.hpp"
#include "src/sidekiq/addresses.hpp"
#include "src/sidekiq/read_job.hpp"
#include "src/sidekiq/read_process.hpp"
#include "src/sidekiq/reader.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/unit/sidekiq/fake_redis.hpp"

namespace {

using namespace snow_white::sidekiq;

constexpr std::size_t longest = 400 * 3; // each byte may become U+FFFD

void is_safe(const std::string& text) {
    fuzz::expect(text.size() <= longest, "text of Redis is bounded");
    fuzz::expect(text == snow_white::printable(text), "text of Redis is printable");
}

void are_safe(const RunningJob& job) {
    for (const std::string* text :
         {&job.class_name, &job.id, &job.queue, &job.thread, &job.identity})
        is_safe(*text);
    fuzz::expect(!job.class_name.empty(), "a job has a class");
}

void are_safe(const Process& process) {
    for (const std::string* text :
         {&process.identity, &process.host, &process.version, &process.tag})
        is_safe(*text);
    for (const auto& queue : process.queues)
        is_safe(queue);
    fuzz::expect(process.pid > 0 && process.busy >= 0 && process.concurrency >= 0,
                 "numbers are of a process");
}

// Each NUL ends what one round trip gets.
test::FakeRedis::Steps steps_of(const std::string& bytes) {
    test::FakeRedis::Steps steps;
    std::size_t begin = 0;
    while (begin <= bytes.size()) {
        const std::size_t end = std::min(bytes.find('\0', begin), bytes.size());
        steps.push_back(bytes.substr(begin, end - begin));
        begin = end + 1;
    }
    return steps;
}

void is_read(const std::string& bytes, std::size_t most_read) {
    test::FakeRedis redis;
    FakeClock clock;
    redis.answer(steps_of(bytes));
    redis.most_read = most_read;
    Reader reader({RedisUrl{.host = "cache"}}, "", redis, clock);
    const auto snapshot = reader.read();
    if (!snapshot) {
        fuzz::expect(snapshot.error().why.starts_with("Redis at cache:6379 ") &&
                         snapshot.error().why.size() < 250,
                     "an error is a sentence of ours");
        return;
    }
    for (const auto& process : snapshot->processes)
        are_safe(process);
    for (const auto& job : snapshot->jobs)
        are_safe(job);
    for (const auto& queue : snapshot->queues)
        is_safe(queue.name);
    for (const auto& identity : snapshot->dead)
        is_safe(identity);
}

} // namespace

void fuzz::sidekiq_redis(const std::string& bytes) {
    is_read(bytes, 4096);
    is_read(bytes, 3);
}

void fuzz::sidekiq_values(const std::string& bytes) {
    std::string changed = bytes;
    if (const auto job = read_job(changed)) are_safe(*job);
    ProcessFields fields;
    fields.values = {bytes, "1", "1764486000", "false", ""};
    fields.there = true;
    if (const auto process = read_process("host:7:0123456789ab", fields)) are_safe(*process);
    const auto addresses = addresses_for(bytes, "shop");
    if (!addresses) {
        fuzz::expect(addresses.error().size() < 250, "an error repeats nothing of the setting");
        return;
    }
    for (const auto& url : addresses->servers)
        fuzz::expect(!url.host.empty() && url.port > 0 && url.port < 65536, "an address is whole");
}
