#include "src/cli/session/invoker.hpp"

#include "src/aws/services/ecs.hpp"
#include "src/base/text.hpp"

#include <fmt/format.h>

namespace snow_white::cli {

namespace {

constexpr std::chrono::seconds metadata_timeout{2}; // the endpoint is on the task's own host
constexpr std::size_t started_by_limit = 128;
// AWSReservedSSO_PERMISSIONSET_0123456789abcdef
constexpr std::string_view sso_prefix = "AWSReservedSSO_";

std::string escaped(const std::string& name) {
    std::string text;
    for (const unsigned char byte : name) {
        const bool is_plain = std::isalnum(byte) != 0 || byte == '-' || byte == '_';
        text += is_plain ? std::string(1, static_cast<char>(byte)) : fmt::format("/{:02X}", byte);
    }
    return text;
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

Invoker invoker_of_task(const Environment& environment, Http& http, aws::Client& cluster) {
    const std::string base = environment.get("ECS_CONTAINER_METADATA_URI_V4");
    if (base.empty()) return {};
    const auto answer = http.send({.method = "GET",
                                   .url = base + "/task",
                                   .timeout = metadata_timeout,
                                   .bypass_proxy = true});
    if (!answer || answer->status != 200) return {};
    const auto document = parse_json(answer->body);
    if (!document || !document->is_object()) return {};
    const auto task =
        aws::describe_task(cluster, text_of(*document, "Cluster"), {text_of(*document, "TaskARN")});
    return task ? from_started_by(task->started_by) : Invoker{};
}

} // namespace snow_white::cli
