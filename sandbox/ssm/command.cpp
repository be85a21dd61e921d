#include "sandbox/ssm/command.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/wire/dialect.hpp"
#include "src/base/enum_names.hpp"
#include "src/base/time_format.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <regex>

namespace sandbox {

namespace {

using enum InvocationStatus;

struct StatusRow {
    InvocationStatus value;
    StatusWords words;
};
constexpr StatusRow status_rows[] = {{pending, {"Pending", "Pending"}},
                                     {in_progress, {"InProgress", "InProgress"}},
                                     {cancelling, {"Cancelling", "Cancelling"}},
                                     {success, {"Success", "Success"}},
                                     {failed, {"Failed", "Failed"}},
                                     {execution_timed_out, {"TimedOut", "ExecutionTimedOut"}},
                                     {delivery_timed_out, {"TimedOut", "DeliveryTimedOut"}},
                                     {cancelled, {"Cancelled", "Cancelled"}},
                                     {undeliverable, {"Failed", "Undeliverable"}},
                                     {access_denied, {"Failed", "AccessDenied"}},
                                     {terminated, {"Cancelled", "Terminated"}}};
static_assert(snow_white::has_all_enumerators(status_rows));

// "10" or "10%" of the targets, rounded down.
int count_of_limit(const std::string& limit, int targets) {
    const int number = std::stoi(limit);
    return limit.ends_with('%') ? number * targets / 100 : number;
}

// 2026-01-02T03:04:05Z; a fraction and an offset in place of the Z are taken, too.
Instant time_of(const std::string& text) {
    static const std::regex form(
        R"((\d{4}-\d\d-\d\dT\d\d:\d\d)(?:(:\d\d)(\.\d+)?)?(?:Z|([+-]\d\d):?(\d\d))?)");
    std::smatch part;
    std::optional<Instant> time;
    if (std::regex_match(text, part, form))
        time = snow_white::parse_timestamp(
            part[1].str() + (part[2].matched ? part[2].str() : ":00") +
            (part[4].matched ? part[4].str() + ":" + part[5].str() : "Z"));
    if (!time)
        throw aws_error("ValidationException", "The filter value {} is not a timestamp.", text);
    const double fraction = part[3].matched ? std::stod("0" + part[3].str()) : 0;
    return *time + Duration{std::lround(fraction * 1000)};
}

} // namespace

bool is_over(InvocationStatus status) {
    return status != pending && status != in_progress && status != cancelling;
}

const StatusWords& words_of(InvocationStatus status) {
    return std::ranges::find(status_rows, status, &StatusRow::value)->words;
}

int InvocationCounts::targets() const {
    return std::accumulate(counts.begin(), counts.end(), 0);
}

int InvocationCounts::completed() const {
    return targets() - of(pending) - of(in_progress) - of(cancelling);
}

StatusWords command_status(const InvocationCounts& counts, int max_errors) {
    if (counts.targets() == 0) return {"Success", "NoInstancesInTag"};
    if (counts.of(cancelling) > 0) return {"Cancelling", "Cancelling"};
    if (counts.of(pending) == counts.targets()) return {"Pending", "Pending"};
    if (counts.completed() < counts.targets()) return {"InProgress", "InProgress"};
    if (counts.of(cancelled) > 0) return {"Cancelled", "Cancelled"};
    // More errors than allowed, or nothing but errors (MaxErrors of 100% allows them all).
    if (counts.errors() > max_errors || counts.errors() == counts.targets()) {
        if (counts.of(failed) > 0) return {"Failed", "Failed"};
        return {"TimedOut", "ExecutionTimedOut"};
    }
    if (counts.of(delivery_timed_out) > 0 && counts.of(delivery_timed_out) >= max_errors)
        return {"TimedOut", "DeliveryTimedOut"};
    // Undeliverable and denied ones do not count, neither for nor against.
    if (counts.of(success) > 0 &&
        counts.of(success) + counts.of(undeliverable) + counts.of(access_denied) ==
            counts.targets())
        return {"Success", "Success"};
    return {"Failed", "Incomplete"};
}

InvocationCounts Command::counts() const {
    InvocationCounts counts;
    for (const auto& invocation : invocations)
        ++counts.of(invocation.status);
    return counts;
}

StatusWords Command::status() const {
    if (!resolved) return {"Pending", "Pending"};
    return command_status(counts(), max_errors());
}

int Command::max_concurrency() const {
    return std::max(1, count_of_limit(request.value("MaxConcurrency", "50"),
                                      static_cast<int>(invocations.size())));
}

int Command::max_errors() const {
    return count_of_limit(request.value("MaxErrors", "0"), static_cast<int>(invocations.size()));
}

CommandFilter::CommandFilter(const Json& parameters, FilterUse use)
    : instance_id_(parameters.value("InstanceId", "")) {
    for (const auto& filter : parameters.value("Filters", Json::array())) {
        const std::string key = filter.at("key");
        const std::string value = filter.at("value");
        if (key == "InvokedAfter")
            after_ = time_of(value);
        else if (key == "InvokedBefore")
            before_ = time_of(value);
        else if (key == "DocumentName")
            document_ = value;
        else if (key == "Status")
            status_ = value;
        else if (key == "ExecutionStage" && use == FilterUse::commands)
            stage_ = value;
        else
            throw aws_error("InvalidFilterKey", "The filter key {} is not valid here.", key);
    }
    if (!stage_.empty() && stage_ != "Executing" && stage_ != "Complete")
        throw AwsError("ValidationException",
                       "The value of ExecutionStage must be Executing or Complete.");
}

bool CommandFilter::matches_request(const Command& command) const {
    return (document_.empty() || command.request.at("DocumentName") == document_) &&
           (!after_ || command.requested > *after_) && (!before_ || command.requested < *before_);
}

bool CommandFilter::matches(const Command& command) const {
    if (!matches_request(command)) return false;
    if (!instance_id_.empty() &&
        find_by(command.invocations, &Invocation::instance_id, instance_id_) == nullptr)
        return false;
    const StatusWords status = command.status();
    if (!status_.empty() && status_ != status.word && status_ != status.detail) return false;
    return stage_.empty() || (stage_ == "Complete") == command.over;
}

bool CommandFilter::matches(const Command& command, const Invocation& invocation) const {
    if (!matches_request(command)) return false;
    if (!instance_id_.empty() && instance_id_ != invocation.instance_id) return false;
    const StatusWords& status = words_of(invocation.status);
    return status_.empty() || status_ == status.word || status_ == status.detail;
}

} // namespace sandbox
