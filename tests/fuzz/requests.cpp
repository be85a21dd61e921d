// The command line (one argument per line) and the container's environment (one NAME=VALUE per
// line).
#include "src/cli/input/command_line.hpp"
#include "src/cli/input/task_environment.hpp"
#include "tests/fuzz/targets.hpp"

namespace {

using namespace snow_white;

void hold(const cli::Request& request) {
    fuzz::expect(!request.application.empty() && !request.pattern.include.empty(),
                 "a request names what it is for");
    fuzz::expect(request.timeout.count() >= 1 && request.timeout <= std::chrono::hours{24 * 366},
                 "a deadline is a time");
    for (const auto& region : request.regions)
        fuzz::expect(cli::is_region(region), "a region is one");
    fuzz::expect(!request.region_targets().empty(), "it is for some place");
}

} // namespace

void fuzz::command_line(const std::string& bytes) {
    const Environment settings({{"ECS_CLUSTER_REGION", "us-east-1"},
                                {"ECS_CLUSTER_NAME", "c"},
                                {"vpc_id", "v"},
                                {"subnet_id", "s"},
                                {"sec_group", "g"}});
    const auto parsed = cli::parse_command_line(lines_of(bytes), settings);
    if (!parsed)
        expect(!parsed.error().message.empty(), "a usage error has words");
    else if (const auto* request = std::get_if<cli::Request>(&*parsed))
        hold(*request);
}

void fuzz::container_environment(const std::string& bytes) {
    std::map<std::string, std::string> variables;
    for (const auto& line : lines_of(bytes))
        if (const auto equals = line.find('='); equals != std::string::npos)
            variables[line.substr(0, equals)] = line.substr(equals + 1);
    const auto parsed = cli::parse_container(Environment(variables));
    if (!parsed) return expect(!parsed.error().message.empty(), "a usage error has words");
    hold(*parsed);
}
