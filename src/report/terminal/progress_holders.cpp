#include "src/report/terminal/progress_holders.hpp"

#include "src/base/pluralize.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

Block block_of_jobs(const drain::SidekiqView& view) {
    const auto running = std::max(static_cast<std::size_t>(view.jobs), view.longest.size());
    return {"running, the longest first: " + pluralize(running, "job"), pluralize(running, "job"),
            running, view.longest.size()};
}

// Those in trouble are the first of the list.
Block block_of_troubled(const std::vector<drain::UnfinishedInstance>& list, std::size_t all) {
    const auto end = std::ranges::find_if_not(list, drain::is_trouble);
    const auto count = static_cast<std::size_t>(end - list.begin());
    const bool may_be_more = count == list.size() && count < all;
    return {fmt::format("in trouble: {}{}", may_be_more ? "at least " : "",
                        pluralize(count, "instance")),
            fmt::format("{} in trouble", count), count, count};
}

} // namespace

std::size_t Block::wanted() const {
    return listed == 0 ? 0 : 1 + listed + (listed < count ? 1 : 0);
}

std::size_t Block::shown(std::size_t lines) const {
    const bool counts_rest = lines >= 4 && (listed < count || lines < 1 + listed);
    const std::size_t others = lines < 2 ? 0 : counts_rest ? 2 : 1;
    return std::min(listed, lines - others);
}

Holders::Holders(const drain::ProgressSnapshot& snapshot) {
    const auto& list = snapshot.unfinished;
    const std::size_t all = std::max(snapshot.all.not_as_asked(), list.size());
    if (!snapshot.sidekiq.longest.empty()) {
        troubled = block_of_troubled(list, all);
        named_jobs = block_of_jobs(snapshot.sidekiq);
    }
    others.count = all - troubled.count;
    others.listed = list.size() - troubled.listed;
    const bool has_counts = std::ranges::any_of(
        list, [](const auto& one) { return one.last_count && one.last_count->jobs > 0; });
    others.heading = (has_counts ? "not yet, most jobs first: " : "not yet: ") +
                     pluralize(others.count, "instance");
    others.brief = fmt::format("{} not yet", others.count);
}

std::size_t Holders::wanted() const {
    return troubled.wanted() + named_jobs.wanted() + others.wanted();
}

} // namespace snow_white::report
