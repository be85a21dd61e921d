#include "src/sidekiq/read_job.hpp"

#include "src/sidekiq/json_scanner.hpp"
#include "src/sidekiq/read_process.hpp"
#include "src/sidekiq/seconds.hpp"

namespace snow_white::sidekiq {

namespace {

constexpr std::size_t longest_class = 255;
constexpr std::size_t longest_id = 64;
constexpr std::size_t longest_queue = 255;

bool take_text(JsonScanner& scanner, std::size_t most, std::string& text) {
    const auto value = scanner.text();
    if (value) text = bounded({value->data(), value->size()}, most);
    return value.has_value();
}

// ActiveJob's own class is that of an adapter; `wrapped` has the application's.
bool read_payload(JsonScanner& scanner, RunningJob& job) {
    std::string wrapped;
    const bool whole = scanner.object([&](std::string_view name) {
        const bool text = scanner.next() == '"';
        if (text && name == "class") return take_text(scanner, longest_class, job.class_name);
        if (text && name == "wrapped") return take_text(scanner, longest_class, wrapped);
        if (text && name == "jid") return take_text(scanner, longest_id, job.id);
        return scanner.skip();
    });
    if (!wrapped.empty()) job.class_name = wrapped;
    return whole;
}

// An object until Sidekiq 6.0, since 6.1 JSON as text.
bool read_payload_or_text(JsonScanner& scanner, RunningJob& job) {
    if (scanner.next() != '"') return read_payload(scanner, job);
    const auto text = scanner.text();
    if (!text) return false;
    JsonScanner inner(*text);
    return read_payload(inner, job) && inner.is_at_end();
}

bool read_start(JsonScanner& scanner, RunningJob& job) {
    const auto seconds = scanner.number();
    const auto start = seconds ? instant_of(*seconds) : std::nullopt;
    job.started = start.value_or(Instant{});
    return start.has_value();
}

} // namespace

std::optional<RunningJob> read_job(std::span<char> json) {
    RunningJob job;
    JsonScanner scanner(json);
    const bool whole = scanner.object([&](std::string_view name) {
        if (name == "queue" && scanner.next() == '"')
            return take_text(scanner, longest_queue, job.queue);
        if (name == "payload") return read_payload_or_text(scanner, job);
        if (name == "run_at") return read_start(scanner, job);
        return scanner.skip();
    });
    if (!whole || !scanner.is_at_end() || job.class_name.empty() || job.started == Instant{})
        return std::nullopt;
    return job;
}

} // namespace snow_white::sidekiq
