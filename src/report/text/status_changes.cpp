#include "src/report/text/status_changes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <tuple>

namespace snow_white::report {

namespace {

// Which rows of two looks are the same worker. A restart changes its pid; a worker without a pid
// is told from others by its state.
enum class Likeness { state, pid, unit };
using RowKey = std::tuple<InstanceId, std::string, int, RowState>;

RowKey key_of(const StatusRow& row, Likeness likeness) {
    const int pid = row.worker && likeness != Likeness::unit ? row.worker->pid : 0;
    return {row.instance.id, row.worker ? row.worker->unit : "", pid,
            likeness == Likeness::state ? row.state : RowState::unknown};
}

// For each row of `now` the row of `before` that is the same worker, or none.
class RowMatcher {
public:
    RowMatcher(const std::vector<StatusRow>& before, const std::vector<StatusRow>& now)
        : earlier_(now.size(), nullptr) {
        for (const auto& row : before)
            left_.push_back(&row);
        for (const auto likeness : {Likeness::state, Likeness::pid, Likeness::unit})
            match(now, likeness);
    }

    const StatusRow* earlier(std::size_t row) const { return earlier_[row]; }
    const std::vector<const StatusRow*>& left() const { return left_; } // matched by none

private:
    void match(const std::vector<StatusRow>& now, Likeness likeness) {
        std::multimap<RowKey, const StatusRow*> by_key;
        for (const auto* row : left_)
            by_key.emplace(key_of(*row, likeness), row);
        for (std::size_t i = 0; i < now.size(); ++i) {
            if (earlier_[i] != nullptr) continue;
            const auto found = by_key.lower_bound(key_of(now[i], likeness));
            if (found == by_key.end() || found->first != key_of(now[i], likeness)) continue;
            earlier_[i] = found->second;
            by_key.erase(found);
        }
        left_.clear();
        for (const auto& [key, row] : by_key)
            left_.push_back(row);
    }

    std::vector<const StatusRow*> earlier_;
    std::vector<const StatusRow*> left_;
};

// The instances of a look, and those of which not every worker is seen.
struct Instances {
    explicit Instances(const std::vector<StatusRow>& rows) {
        for (const auto& row : rows) {
            listed.insert(row.instance.id);
            if (!row.worker) without_worker.insert(row.instance.id);
        }
    }
    std::set<InstanceId> listed, without_worker;
};

struct ChangeCounts {
    std::array<std::size_t, row_states> became{};
    std::size_t fewer_jobs = 0, more_jobs = 0, added = 0, gone = 0;
};

std::string changes_sentence(const ChangeCounts& counts, Instant since) {
    std::vector<std::string> parts;
    const auto add = [&parts](std::size_t count, std::string_view what) {
        if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
    };
    for (std::size_t state = 0; state < row_states; ++state)
        add(counts.became[state], text_for(static_cast<RowState>(state)));
    add(counts.fewer_jobs, "with fewer jobs");
    add(counts.more_jobs, "with more jobs");
    add(counts.added, "new");
    add(counts.gone, "gone");
    if (parts.empty()) parts.emplace_back("no change");
    return fmt::format("since {}: {}", time_of_day(since), fmt::join(parts, ", "));
}

} // namespace

StatusChanges changes_between(const StatusLook& before, const StatusLook& now) {
    const RowMatcher matcher(before.rows, now.rows);
    const Instances then(before.rows), present(now.rows);
    StatusChanges changes{.marks = std::string(now.rows.size(), ' '), .sentence = {}};
    ChangeCounts counts;
    for (std::size_t i = 0; i < now.rows.size(); ++i) {
        const StatusRow& row = now.rows[i];
        const StatusRow* earlier = matcher.earlier(i);
        const bool was_listed = then.listed.contains(row.instance.id);
        if (!was_listed && !before.lists_all) continue; // it may have been there
        const bool is_new = !was_listed || (earlier == nullptr && row.worker &&
                                            !then.without_worker.contains(row.instance.id));
        const int jobs = row.worker ? row.worker->busy : 0;
        const int jobs_before = earlier != nullptr && earlier->worker ? earlier->worker->busy : 0;
        const bool has_other_state = earlier == nullptr || earlier->state != row.state;
        if (is_new)
            ++counts.added;
        else if (has_other_state)
            ++counts.became[static_cast<std::size_t>(row.state)];
        else if (jobs != jobs_before)
            ++(jobs < jobs_before ? counts.fewer_jobs : counts.more_jobs);
        else
            continue;
        changes.marks[i] = is_new ? '+' : '*';
    }
    // A worker of an instance that has become unknown may still be there.
    for (const auto* row : matcher.left()) {
        const auto& id = row->instance.id;
        const bool is_seen = present.listed.contains(id);
        if (is_seen ? row->worker && !present.without_worker.contains(id) : now.lists_all)
            ++counts.gone;
    }
    changes.sentence = changes_sentence(counts, before.at);
    return changes;
}

} // namespace snow_white::report
