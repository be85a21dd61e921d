#include "src/aws/credentials/sources.hpp"

#include "src/aws/credentials/credentials_json.hpp"
#include "src/base/child_process.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

namespace {

constexpr std::size_t max_reason_of_program = 300; // characters

std::string first_line(const std::string& text) {
    const auto begin = text.find_first_not_of(" \r\n");
    if (begin == std::string::npos) return "it printed nothing";
    return text.substr(begin,
                       std::min(text.find_first_of("\r\n", begin) - begin, max_reason_of_program));
}

OptionalCredentials keys_in(const ChildOutput& output, const std::string& name,
                            const std::string& step, const std::string& fix) {
    if (output.exit_code != 0)
        return refused("profile {}: {} failed ({}); {}", name, step,
                       first_line(output.standard_error), fix);
    return parse_process_credentials(output.standard_output,
                                     fmt::format("profile {}: {}", name, step));
}

// Version 1 of the AWS CLI and the first releases of version 2 print argparse's usage and list all
// commands: logging in would not help.
bool is_unknown_command(const ChildOutput& output) {
    return output.exit_code != 0 && output.standard_error.find("usage:") != std::string::npos &&
           output.standard_error.find("Invalid choice") != std::string::npos;
}

OptionalCredentials export_credentials(const std::string& name, const std::string& fix,
                                       const Clock& clock) {
    const std::string step = "`aws configure export-credentials`";
    const auto output = run_child(
        {"aws", "configure", "export-credentials", "--format", "process", "--profile", name},
        clock);
    if (is_unknown_command(output))
        return refused(
            "profile {}: the AWS CLI in PATH does not know {}; install the latest version 2 of it",
            name, step);
    return keys_in(output, name, step, fix + " (version 2 of the AWS CLI)");
}

} // namespace

OptionalCredentials credentials_of_process(const std::string& name, const Profile& profile,
                                           const Clock& clock) {
    const std::string command = setting(profile, "credential_process");
    if (command.empty()) return std::nullopt;
    return keys_in(run_child({"sh", "-c", command}, clock), name, "its credential_process",
                   "run that command by hand to see why");
}

OptionalCredentials credentials_of_sso(const std::string& name, const Profile& profile,
                                       const Clock& clock) {
    if (!profile.contains("sso_account_id") && !profile.contains("sso_role_name"))
        return std::nullopt;
    return export_credentials(name, "log in with: aws sso login --profile " + name, clock);
}

OptionalCredentials credentials_of_login(const std::string& name, const Profile& profile,
                                         const Clock& clock) {
    if (!profile.contains("login_session")) return std::nullopt;
    return export_credentials(name, "log in with: aws login --profile " + name, clock);
}

} // namespace snow_white::aws
