#include "src/cli/session/invoker.hpp"

#include "src/aws/services/ecs.hpp"
#include "src/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::cli {

namespace {

constexpr std::chrono::seconds metadata_timeout{2}; // the endpoint is on the task's own host
constexpr std::size_t started_by_limit = 128;
// AWSReservedSSO_PERMISSIONSET_0123456789abcdef
constexpr std::string_view sso_prefix = "AWSReservedSSO_";

bool is_plain(unsigned char byte) {
    return std::isalnum(byte) != 0 || byte == '-' || byte == '_';
}

// Any byte that is not plain is written as the sign and two hex digits.
std::string escaped(const std::string& name, std::string_view sign = "/") {
    std::string text;
    for (const unsigned char byte : name)
        text += is_plain(byte) ? std::string(1, static_cast<char>(byte))
                               : fmt::format("{}{:02X}", sign, byte);
    return text;
}

bool is_plain_name(const std::string& name) {
    return !name.empty() && std::ranges::all_of(name, is_plain);
}

// "https://us-east-1.console.aws.amazon.com"; empty: that is no region.
std::string console_of(const std::string& region) {
    const bool is_region = !region.empty() && std::ranges::all_of(region, [](unsigned char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
    });
    if (!is_region) return "";
    return fmt::format("https://{}.{}", region,
                       region.starts_with("cn-")       ? "console.amazonaws.cn"
                       : region.starts_with("us-gov-") ? "console.amazonaws-us-gov.com"
                                                       : "console.aws.amazon.com");
}

// Of this container, with whose id Fargate's endpoint ends; else of the first one that logs to
// CloudWatch. The stack's task has one container.
std::string log_url_in(const Json& metadata, const std::string& endpoint) {
    std::string first;
    for (const auto& container : metadata.value("Containers", Json::array())) {
        if (!container.is_object() || !container.contains("LogOptions")) continue;
        const Json& options = container["LogOptions"];
        if (!options.is_object()) continue;
        const std::string url =
            log_url(text_of(options, "awslogs-region"), text_of(options, "awslogs-group"),
                    text_of(options, "awslogs-stream"));
        if (endpoint.ends_with("/" + text_of(container, "DockerId"))) return url;
        if (first.empty()) first = url;
    }
    return first;
}

std::string unescaped(const std::string& text) {
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape = text[i] == '/' && i + 2 < text.size() &&
                               std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
                               std::isxdigit(static_cast<unsigned char>(text[i + 2])) != 0;
        name +=
            is_escape ? static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)) : text[i];
        if (is_escape) i += 2;
    }
    return name;
}

} // namespace

Invoker invoker_of_arn(const std::string& arn) {
    const auto fields = split(arn, ':'); // arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE
    const auto path = split(fields.back(), '/');
    if (fields.size() < 6) return {};
    // A user's name may have a path before it.
    if (path[0] == "user" && path.size() > 1) return {.user = path.back()};
    if (path[0] == "assumed-role" && path.size() == 3) return {.role = path[1], .session = path[2]};
    if (path[0] == "federated-user" && path.size() == 2)
        return {.role = path[0], .session = path[1]};
    if (path[0] == "root") return {.role = path[0]};
    return {};
}

std::string display_name(const Invoker& invoker) {
    if (!invoker.user.empty()) return invoker.user;
    if (invoker.role.empty()) return "";
    if (invoker.session.empty()) return "the account's " + invoker.role;
    if (!invoker.role.starts_with(sso_prefix))
        return fmt::format("{} (role {})", invoker.session, invoker.role);
    const std::string set = invoker.role.substr(sso_prefix.size());
    return fmt::format("{} (SSO {})", invoker.session, set.substr(0, set.rfind('_')));
}

std::string email_of(const Invoker& invoker) {
    const std::string& name = invoker.user.empty() ? invoker.session : invoker.user;
    const auto at = name.find('@');
    const bool is_email = at != std::string::npos && at > 0 &&
                          name.find('@', at + 1) == std::string::npos &&
                          name.find('.', at) != std::string::npos;
    return is_email ? name : "";
}

std::string to_started_by(const Invoker& invoker) {
    std::string text = invoker.user.empty() && !invoker.role.empty()
                           ? escaped(invoker.role) + "//" + escaped(invoker.session)
                           : escaped(invoker.user);
    return text.substr(0, started_by_limit);
}

Invoker from_started_by(const std::string& text) {
    const auto middle = text.find("//");
    if (middle == std::string::npos) return {.user = unescaped(text)};
    return {.role = unescaped(text.substr(0, middle)),
            .session = unescaped(text.substr(middle + 2))};
}

std::string task_url(const std::string& task_arn) {
    const auto fields = split(task_arn, ':'); // arn:PARTITION:ecs:REGION:ACCOUNT:task/CLUSTER/ID
    if (fields.size() != 6) return "";
    const auto path = split(fields[5], '/');
    const std::string console = console_of(fields[3]);
    if (console.empty() || path.size() != 3 || path[0] != "task" || !is_plain_name(path[1]) ||
        !is_plain_name(path[2]))
        return "";
    return fmt::format("{}/ecs/v2/clusters/{}/tasks/{}?region={}", console, path[1], path[2],
                       fields[3]);
}

// The console encodes what stands behind # twice, with $ in place of %.
std::string log_url(const std::string& region, const std::string& group,
                    const std::string& stream) {
    const std::string console = console_of(region);
    if (console.empty() || group.empty() || stream.empty()) return "";
    return fmt::format("{}/cloudwatch/home?region={}#logsV2:log-groups/log-group/{}/log-events/{}",
                       console, region, escaped(group, "$25"), escaped(stream, "$25"));
}

Origin origin_of_task(const Environment& environment, Http& http, aws::Client& cluster) {
    const std::string base = environment.get("ECS_CONTAINER_METADATA_URI_V4");
    if (base.empty()) return {};
    const auto answer = http.send({.method = "GET",
                                   .url = base + "/task",
                                   .timeout = metadata_timeout,
                                   .bypass_proxy = true});
    if (!answer || answer->status != 200) return {};
    const auto document = parse_json(answer->body);
    if (!document || !document->is_object()) return {};
    const std::string arn = text_of(*document, "TaskARN");
    const auto task = aws::describe_task(cluster, text_of(*document, "Cluster"), {arn});
    return {.invoker = task ? from_started_by(task->started_by) : Invoker{},
            .task_url = task_url(arn),
            .log_url = log_url_in(*document, base)};
}

} // namespace snow_white::cli
