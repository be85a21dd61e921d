#include "sandbox/ssm/command_filter.hpp"

#include "sandbox/wire/aws_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace sandbox {

namespace {

// 2026-01-02T03:04:05Z; a fraction and an offset in place of the Z are taken, too.
Instant time_of(const std::string& text) {
    static const std::regex form(
        R"((\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(?:Z|([+-])(\d\d):?(\d\d))?)");
    std::smatch part;
    if (!std::regex_match(text, part, form))
        throw AwsError("ValidationException",
                       fmt::format("The filter value {} is not a timestamp.", text));
    const auto number = [&part](int i) {
        return part[static_cast<std::size_t>(i)].matched
                   ? std::stoi(part[static_cast<std::size_t>(i)])
                   : 0;
    };
    const std::chrono::year_month_day date(std::chrono::year(number(1)),
                                           std::chrono::month(static_cast<unsigned>(number(2))),
                                           std::chrono::day(static_cast<unsigned>(number(3))));
    const auto offset = std::chrono::hours(number(9)) + std::chrono::minutes(number(10));
    const auto fraction = std::chrono::milliseconds(
        part[7].matched ? std::lround(std::stod("0" + part[7].str()) * 1000) : 0);
    const Instant local = std::chrono::sys_days(date) + std::chrono::hours(number(4)) +
                          std::chrono::minutes(number(5)) + std::chrono::seconds(number(6)) +
                          fraction;
    return part[8].matched && part[8].str() == "-" ? local + offset : local - offset;
}

} // namespace

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
            throw AwsError("InvalidFilterKey",
                           fmt::format("The filter key {} is not valid here.", key));
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
    const auto on_it = [this](const Invocation& invocation) {
        return invocation.instance_id == instance_id_;
    };
    if (!instance_id_.empty() &&
        std::none_of(command.invocations.begin(), command.invocations.end(), on_it))
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
