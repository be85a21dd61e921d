#include "src/sidekiq/read_process.hpp"

#include "src/base/json.hpp"
#include "src/base/printable.hpp"
#include "src/sidekiq/seconds.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace snow_white::sidekiq {

namespace {

constexpr std::size_t longest_name = 255; // of a host, a queue, a tag
constexpr std::size_t longest_version = 40;
constexpr std::size_t most_queues_each = 1'000;
constexpr int most_threads = 1'000'000;

std::optional<double> number_in(std::string_view text) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

// A whole number that is not negative.
std::optional<int> count_in(std::string_view text) {
    const auto value = number_in(text);
    if (!value || *value < 0 || *value != std::floor(*value)) return std::nullopt;
    return static_cast<int>(std::min<double>(*value, most_threads));
}

int count_of(const Json& info, const char* name) {
    const auto found = info.find(name);
    if (found == info.end() || !found->is_number()) return 0;
    return static_cast<int>(std::clamp<double>(found->get<double>(), 0, most_threads));
}

// False: not a list of names, or too long. A process whose queues are not known as a whole may take
// from any.
bool add_queues(const Json& list, std::set<std::string>& queues) {
    if (!list.is_array()) return false;
    for (const Json& one : list) {
        if (!one.is_string() || queues.size() == most_queues_each) return false;
        queues.insert(bounded(one.get_ref<const std::string&>(), longest_name));
    }
    return true;
}

// Capsules have their own queues: Sidekiq 9 will drop the list of all. None: not understood.
std::optional<std::vector<std::string>> queues_of(const Json& info) {
    std::set<std::string> queues;
    const auto list = info.find("queues");
    const auto capsules = info.find("capsules");
    if (list != info.end()) {
        if (!add_queues(*list, queues)) return std::nullopt;
    } else if (capsules != info.end() && capsules->is_object()) {
        for (const Json& capsule : *capsules)
            if (!capsule.is_object() || !capsule.contains("queues") ||
                !add_queues(capsule.at("queues"), queues))
                return std::nullopt;
    }
    if (queues.empty()) return std::nullopt; // Sidekiq takes from one at least
    return std::vector<std::string>(queues.begin(), queues.end());
}

bool is_true(const Json& info, const char* name) {
    const auto found = info.find(name);
    return found != info.end() && found->is_boolean() && found->get<bool>();
}

std::optional<Instant> started_in(const Json& info) {
    const auto found = info.find("started_at");
    if (found == info.end() || !found->is_number()) return std::nullopt;
    return instant_of(found->get<double>());
}

} // namespace

std::string bounded(std::string_view text, std::size_t most) {
    return printable(text.substr(0, most));
}

std::optional<Process> read_process(const std::string& identity, const ProcessFields& fields) {
    const auto& [info_text, busy, beat_text, quiet, concurrency] = fields.values;
    const auto beat_seconds = number_in(beat_text);
    const auto beat = beat_seconds ? instant_of(*beat_seconds) : std::nullopt;
    if (!beat || fields.too_large) return std::nullopt;
    const auto info = parse_json(info_text);
    if (!info || !info->is_object()) return std::nullopt;
    Process process;
    process.identity = bounded(identity, identity.size());
    process.host = bounded(text_of(*info, "hostname"), longest_name);
    const auto pid = info->find("pid");
    if (process.host.empty() || pid == info->end() || !pid->is_number_integer() || *pid < 1 ||
        *pid > std::numeric_limits<int>::max())
        return std::nullopt;
    process.pid = pid->get<int>();
    process.version = bounded(text_of(*info, "version"), longest_version);
    process.tag = bounded(text_of(*info, "tag"), longest_name);
    auto queues = queues_of(*info);
    const auto jobs = count_in(busy);
    if (!queues || !jobs) return std::nullopt;
    process.queues = std::move(*queues);
    process.concurrency =
        concurrency.empty() ? count_of(*info, "concurrency") : count_in(concurrency).value_or(0);
    process.busy = *jobs;
    process.quiet = quiet == "true";
    process.embedded = is_true(*info, "embedded");
    process.started = started_in(*info).value_or(Instant{});
    process.beat = *beat;
    return process;
}

} // namespace snow_white::sidekiq
