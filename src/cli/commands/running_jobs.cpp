#include "src/cli/commands/running_jobs.hpp"

#include "src/base/pluralize.hpp"
#include "src/drain/run/status_query.hpp"

namespace snow_white::cli {

namespace {

std::string not_known(const std::string& why) {
    return fmt::format("running jobs are not known ({})", why);
}

std::string count_text(const fleet::FleetSnapshot& fleet,
                       const std::vector<drain::InvocationResult>& results) {
    int jobs = 0;
    std::size_t answered = 0;
    for (const auto& one : results)
        if (one.line) {
            jobs += count_jobs(one.line->workers);
            ++answered;
        }
    const std::size_t all = fleet.instances ? fleet.instances->size() : results.size();
    const std::string text =
        fmt::format("{} running on {}", pluralize(jobs, "job"), pluralize(answered, "instance"));
    if (answered >= all) return text;
    return fmt::format("{}; {} did not answer", text, pluralize(all - answered, "instance"));
}

std::string count_jobs_of(RegionSession& region, const aws::Result<fleet::FleetSnapshot>& fleet,
                          Clock& clock) {
    if (!fleet) return not_known(aws::describe_briefly(fleet.error()));
    const auto job = region.status_job();
    if (!job) return not_known(aws::describe_briefly(job.error()));
    const auto results = drain::ask_workers(region.workers, clock, *job, *fleet);
    return results ? count_text(*fleet, *results) : not_known(results.error().why);
}

} // namespace

std::string describe_running_jobs(RegionSession& region,
                                  const aws::Result<fleet::FleetSnapshot>& fleet,
                                  Context& context) {
    return fmt::format("{} in {}, profile {}: {}", region.request.application, region.target.region,
                       region.request.profile(), count_jobs_of(region, fleet, context.clock));
}

} // namespace snow_white::cli
