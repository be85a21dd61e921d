// The output of an instance's command, as SSM returns it.
#include "src/drain/model/who_is_who.hpp"
#include "tests/fuzz/targets.hpp"

void fuzz::instance_output(const std::string& bytes) {
    using namespace snow_white::drain;
    if (const auto line = parse_instance_line(bytes)) {
        for (const auto& worker : line->workers) {
            expect(!name_of(worker.state).empty(), "a state has a name");
            expect(worker.pid >= 0 && worker.busy >= 0 && worker.threads >= 0 &&
                       worker.pid_inside >= 0,
                   "nothing is counted below zero");
            expect(worker.redis_host.size() <= 255, "a name in Redis has an end");
        }
        WhoIsWho twice;
        for (const auto& worker : line->workers) {
            twice.add(name_in_redis(worker), {"i-1"});
            twice.add(name_in_redis(worker), {"i-2"});
        }
        for (const auto& worker : line->workers)
            expect(twice.find(name_in_redis(worker)) == nullptr,
                   "what two instances have belongs to neither");
    }
    expect(last_output_line(bytes).find('\n') == std::string::npos, "last words are one line");
}
