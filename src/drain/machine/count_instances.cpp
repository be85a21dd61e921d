// How many instances have finished. In: SSM's counts of each command, and each instance's last
// command. Out: counts in instances. SSM counts each command alone: where several reach the same
// instance, their sum would count it several times.
#include "src/drain/machine/transitions.hpp"

#include <utility>

namespace snow_white::drain {

namespace {

// Of one command: the instances whose last command it is.
struct LastOf {
    int all = 0;
    int ended = 0; // by the results that were read
};

std::map<CommandId, LastOf> count_by_command(const State& state) {
    std::map<CommandId, LastOf> counts;
    for (const auto& [id, instance] : state.targets.instances)
        if (instance.confirmed && instance.last) {
            auto& count = counts[instance.last->id];
            ++count.all;
            if (!instance.last->open) ++count.ended;
        }
    return counts;
}

// SSM does not say on which instances the command has not ended. It is assumed that these are ours
// as far as they can be, so that `completed` is never too high.
void add(InstanceCounts& sum, const LastOf& ours, const CommandProgress& progress) {
    const int targeted = std::max(ours.ended, std::min(ours.all, progress.targeted));
    const int pending = std::min(progress.targeted - progress.completed, targeted - ours.ended);
    sum.targeted += targeted;
    sum.completed += targeted - pending;
}

int count_confirmed(const State& state) {
    return static_cast<int>(std::ranges::count_if(
        state.targets.instances, [](const auto& entry) { return entry.second.confirmed; }));
}

} // namespace

InstanceCounts count_instances(const State& state, Purpose purpose) {
    const auto& commands = commands_of(state, purpose);
    if (purpose == Purpose::act && state.targets.sees_instances) {
        InstanceCounts counts;
        const auto last = count_by_command(state);
        for (const auto& command : commands)
            if (const auto found = last.find(command.id); found != last.end())
                add(counts, found->second, command.progress);
        for (const auto& [id, of_one] : last) // of commands that are over
            if (find_command(commands, id) == nullptr) {
                counts.targeted += of_one.all;
                counts.completed += of_one.ended;
            }
        return counts;
    }
    const auto sum = sum_of(commands);
    // EC2 lists no instances: only the results show some, and not yet all of them.
    const int most = state.targets.sees_instances ? count_confirmed(state) : sum.targeted;
    const int targeted = std::min(sum.targeted, most);
    return {std::max(0, targeted - (sum.targeted - sum.completed)), targeted};
}

std::vector<Event> events_of_counts(State& state, Purpose purpose) {
    const auto counts = count_instances(state, purpose);
    auto& reported = purpose == Purpose::act ? state.notices.counts : state.verification->counts;
    if (std::exchange(reported, counts) == counts) return {};
    return {ProgressChanged{purpose, counts.completed, counts.targeted}};
}

} // namespace snow_white::drain
