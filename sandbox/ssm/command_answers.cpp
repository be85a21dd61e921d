#include "sandbox/base/lookup.hpp"
#include "sandbox/ssm/command.hpp"
#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/time_format.hpp"
#include "src/base/ids.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sandbox {

namespace {

constexpr int not_run_yet = -1;

Json notification_config(const Json& request) {
    if (request.contains("NotificationConfig")) return request["NotificationConfig"];
    return {
        {"NotificationArn", ""}, {"NotificationEvents", Json::array()}, {"NotificationType", ""}};
}

Json cloud_watch_config(const Json& request) {
    const Json given = request.value("CloudWatchOutputConfig", Json::object());
    return {{"CloudWatchLogGroupName", given.value("CloudWatchLogGroupName", "")},
            {"CloudWatchOutputEnabled", given.value("CloudWatchOutputEnabled", false)}};
}

// DocumentName as the API shows it: the name, also when an ARN was given.
std::string document_name(const Json& request) {
    return snow_white::name_of_arn(request.at("DocumentName"));
}

StatusWords status_of(const Invocation& invocation, const StepResult* step) {
    if (step == nullptr) return words_of(invocation.status);
    if (invocation.status == InvocationStatus::cancelled) return {"Cancelled", "Cancelled"};
    if (step->timed_out) return {"TimedOut", "ExecutionTimedOut"};
    return step->exit_code == 0 ? StatusWords{"Success", "Success"}
                                : StatusWords{"Failed", "Failed"};
}

Json describe_plugin(const Invocation& invocation, const std::string& name,
                     const StepResult* step) {
    const StatusWords status = status_of(invocation, step);
    Json plugin = {{"Name", name},
                   {"Status", status.word},
                   {"StatusDetails", status.detail},
                   {"ResponseCode", step != nullptr ? step->exit_code : not_run_yet},
                   {"Output", ""},
                   {"StandardOutputUrl", ""},
                   {"StandardErrorUrl", ""},
                   {"OutputS3Region", ""},
                   {"OutputS3BucketName", ""},
                   {"OutputS3KeyPrefix", ""}};
    if (invocation.started)
        plugin["ResponseStartDateTime"] =
            epoch_seconds(step != nullptr ? step->started : *invocation.started);
    if (step == nullptr) return plugin;
    plugin["ResponseFinishDateTime"] = epoch_seconds(step->ended);
    plugin["Output"] =
        joined_output(step->standard_output, step->standard_error, listed_output_limit);
    return plugin;
}

const StepResult* find_step(const Invocation& invocation, const std::string& name) {
    return find_by(invocation.steps, &StepResult::name, name);
}

// SSM promises no order: the agent keeps the steps in a map (amazon-ssm-agent, agent/contracts).
// Here every second instance has them the other way round.
bool has_steps_reversed(const Invocation& invocation) {
    return (invocation.instance_id.empty() ? 0 : invocation.instance_id.back()) % 2 != 0;
}

Json describe_plugins(const Command& command, const Invocation& invocation) {
    Json plugins = Json::array();
    if (!invocation.started) return plugins; // the agent is the first to speak of steps
    for (const auto& step : command.content.value("mainSteps", Json::array())) {
        const std::string name = step.value("name", "");
        plugins.push_back(describe_plugin(invocation, name, find_step(invocation, name)));
    }
    if (has_steps_reversed(invocation)) std::ranges::reverse(plugins);
    return plugins;
}

// The step that GetCommandInvocation is about.
std::string chosen_step(const Command& command, const std::string& plugin_name) {
    const Json steps = command.content.value("mainSteps", Json::array());
    if (plugin_name.empty() && steps.size() == 1) return steps[0].value("name", "");
    for (const auto& step : steps)
        if (step.value("name", "") == plugin_name) return plugin_name;
    throw aws_error("InvalidPluginName", "The plugin name '{}' is not valid.", plugin_name);
}

std::string iso_duration(Duration elapsed) {
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(elapsed);
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(elapsed - hours);
    const double seconds = std::chrono::duration<double>(elapsed - hours - minutes).count();
    std::string text = "PT";
    if (hours.count() > 0) text += fmt::format("{}H", hours.count());
    if (minutes.count() > 0) text += fmt::format("{}M", minutes.count());
    return text + fmt::format("{:g}S", seconds);
}

// Each invocation has its own moment, some hundredths of a second apart (recorded answers of
// ListCommandInvocations differ so).
Instant requested_at(const Command& command, const Invocation& invocation) {
    const int digit = invocation.instance_id.empty() ? 0 : invocation.instance_id.back() % 16;
    return command.requested + Duration{4 * digit};
}

constexpr std::string_view error_title = "\n----------ERROR-------\n";
constexpr std::string_view output_cut = "\n---Output truncated---";
constexpr std::string_view error_cut = "\n---Error truncated----";

// Never in the middle of a character: half of one would not be JSON.
std::size_t whole_characters(const std::string& text, std::size_t length) {
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
        --length;
    return length;
}

std::string cut(const std::string& text, std::size_t capacity, std::string_view suffix) {
    if (text.size() <= capacity) return text;
    return text.substr(0, whole_characters(text, capacity - suffix.size())).append(suffix);
}

} // namespace

Json describe_command(const Command& command) {
    const Json& request = command.request;
    const InvocationCounts counts = command.counts();
    const StatusWords status = command.status();
    return {{"CommandId", command.id},
            {"DocumentName", document_name(request)},
            {"DocumentVersion", request.value("DocumentVersion", "")}, // recorded: not "$DEFAULT"
            {"Comment", request.value("Comment", "")},
            {"ExpiresAfter", epoch_seconds(command.expires)},
            {"Parameters", request.value("Parameters", Json::object())},
            {"InstanceIds", request.value("InstanceIds", Json::array())},
            {"Targets", request.value("Targets", Json::array())},
            {"RequestedDateTime", epoch_seconds(command.requested)},
            {"Status", status.word},
            {"StatusDetails", status.detail},
            {"OutputS3Region", request.value("OutputS3Region", "")},
            {"OutputS3BucketName", request.value("OutputS3BucketName", "")},
            {"OutputS3KeyPrefix", request.value("OutputS3KeyPrefix", "")},
            {"MaxConcurrency", request.value("MaxConcurrency", "50")},
            {"MaxErrors", request.value("MaxErrors", "0")},
            {"TargetCount", counts.targets()},
            {"CompletedCount", counts.completed()},
            {"ErrorCount", counts.errors()},
            {"DeliveryTimedOutCount", counts.of(InvocationStatus::delivery_timed_out)},
            {"ServiceRole", request.value("ServiceRoleArn", "")},
            {"NotificationConfig", notification_config(request)},
            {"CloudWatchOutputConfig", cloud_watch_config(request)},
            {"TimeoutSeconds", request.value("TimeoutSeconds", 3600)}};
}

Json describe_invocation(const Command& command, const Invocation& invocation, bool with_details) {
    const Json& request = command.request;
    return {
        {"CommandId", command.id},
        {"InstanceId", invocation.instance_id},
        {"InstanceName", invocation.instance_name},
        {"Comment", request.value("Comment", "")},
        {"DocumentName", document_name(request)},
        {"DocumentVersion", request.value("DocumentVersion", "")},
        {"RequestedDateTime", epoch_seconds(requested_at(command, invocation))},
        {"Status", words_of(invocation.status).word},
        {"StatusDetails", words_of(invocation.status).detail},
        {"StandardOutputUrl", ""},
        {"StandardErrorUrl", ""},
        {"CommandPlugins", with_details ? describe_plugins(command, invocation) : Json::array()},
        {"ServiceRole", request.value("ServiceRoleArn", "")},
        {"NotificationConfig", notification_config(request)},
        {"CloudWatchOutputConfig", cloud_watch_config(request)}};
}

Json describe_old_invocation(const Command& command, const Invocation& invocation,
                             bool with_details) {
    const Invocation old{.instance_id = invocation.instance_id,
                         .instance_name = invocation.instance_name,
                         .status = InvocationStatus::in_progress,
                         .started = invocation.started};
    return describe_invocation(command, old, with_details);
}

Json describe_step(const Command& command, const Invocation& invocation,
                   const std::string& plugin_name) {
    const std::string name = chosen_step(command, plugin_name);
    const StepResult* const step = find_step(invocation, name);
    const StatusWords status = status_of(invocation, step);
    const bool started = invocation.started.has_value();
    const Instant begin = step != nullptr ? step->started : invocation.started.value_or(Instant{});
    return {
        {"CommandId", command.id},
        {"InstanceId", invocation.instance_id},
        {"Comment", command.request.value("Comment", "")},
        {"DocumentName", document_name(command.request)},
        {"DocumentVersion", command.request.value("DocumentVersion", "$DEFAULT")},
        {"PluginName", name},
        {"ResponseCode", step != nullptr ? step->exit_code : not_run_yet},
        {"ExecutionStartDateTime", started ? iso_time(begin) : ""},
        {"ExecutionElapsedTime", step != nullptr ? iso_duration(step->ended - step->started) : ""},
        {"ExecutionEndDateTime", step != nullptr ? iso_time(step->ended) : ""},
        {"Status", status.word},
        {"StatusDetails", status.detail},
        {"StandardOutputContent", step != nullptr ? cut_output(step->standard_output) : ""},
        {"StandardOutputUrl", ""},
        {"StandardErrorContent", step != nullptr ? cut_error(step->standard_error) : ""},
        {"StandardErrorUrl", ""},
        {"CloudWatchOutputConfig", cloud_watch_config(command.request)}};
}

std::string joined_output(const std::string& standard_output, const std::string& standard_error,
                          std::size_t capacity) {
    if (standard_error.empty()) return cut(standard_output, capacity, output_cut);
    const std::size_t room = capacity - error_title.size();
    const std::size_t half = room / 2;
    // Each stream may use what the other leaves over, and half of the room in any case.
    const std::size_t for_output =
        standard_error.size() < half ? room - standard_error.size() : half;
    const std::size_t for_error =
        standard_output.size() < half ? room - standard_output.size() : half;
    return cut(standard_output, for_output, output_cut)
        .append(error_title)
        .append(cut(standard_error, for_error, error_cut));
}

std::string cut_output(const std::string& standard_output) {
    return cut(standard_output, standard_output_limit, output_cut);
}

std::string cut_error(const std::string& standard_error) {
    return cut(standard_error, standard_error_limit, error_cut);
}

} // namespace sandbox
