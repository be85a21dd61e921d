#include "src/drain/model/sidekiq_view.hpp"

#include "src/base/chunk.hpp"

#include <algorithm>
#include <functional>

namespace snow_white::drain {

namespace {

template <class Item, class Order, class Key>
void merge(std::vector<Item>& sum, const std::vector<Item>& part, std::size_t most, Order order,
           Key key) {
    sum.insert(sum.end(), part.begin(), part.end());
    std::ranges::stable_sort(sum, order, key);
    cut(sum, most);
}

void add_classes(std::vector<ClassCount>& sum, const std::vector<ClassCount>& part) {
    for (const auto& one : part) {
        const auto found = std::ranges::find(sum, one.class_name, &ClassCount::class_name);
        if (found == sum.end())
            sum.push_back(one);
        else
            found->jobs += one.jobs;
    }
}

} // namespace

void add(SidekiqView& sum, const SidekiqView& part) {
    using enum SidekiqView::Source;
    if (part.source != read) {
        if (sum.source == not_asked) {
            sum.source = part.source;
            sum.why = part.why;
        }
        return;
    }
    const bool is_first = sum.source != read;
    sum.source = read;
    sum.why.clear();
    sum.jobs += part.jobs;
    merge(sum.longest, part.longest, SidekiqView::most_jobs, std::less{}, &JobLeft::started);
    add_classes(sum.classes, part.classes);
    merge(sum.classes, {}, SidekiqView::most_classes, std::greater{}, &ClassCount::jobs);
    merge(sum.others, part.others, SidekiqView::most_hosts, std::less{}, &OtherWorkers::host);
    sum.other_processes += part.other_processes;
    sum.other_hosts += part.other_hosts;
    sum.unread_processes += part.unread_processes;
    sum.unread_queues += part.unread_queues;
    sum.fleet_workers += part.fleet_workers;
    sum.missing_workers += part.missing_workers;
    sum.unsettled += part.unsettled;
    sum.unattributed += part.unattributed;
    sum.stale += part.stale;
    sum.stale_of_fleet += part.stale_of_fleet;
    sum.waiting += part.waiting;
    merge(sum.queues, part.queues, SidekiqView::most_queues, std::greater{}, &WaitingJobs::jobs);
    // It is compared with `waiting`: both are of the same parts, or there is none.
    if (is_first)
        sum.waiting_before = part.waiting_before;
    else if (sum.waiting_before && part.waiting_before)
        *sum.waiting_before += *part.waiting_before;
    else
        sum.waiting_before.reset();
}

} // namespace snow_white::drain
