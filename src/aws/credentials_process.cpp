#include "src/aws/credentials_process.hpp"

#include "src/aws/child_process.hpp"
#include "src/aws/credentials_document.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

namespace {

constexpr std::size_t longest_complaint = 300;

std::string first_line(const std::string& text) {
    const auto begin = text.find_first_not_of(" \r\n");
    if (begin == std::string::npos) return "it said nothing";
    return text.substr(begin, std::min(text.find_first_of("\r\n", begin) - begin, longest_complaint));
}

// An AWS CLI that does not know the command tells its usage and all commands that it knows: logging in would
// not help. The same words of version 1 and of the first of version 2 (argparse's).
bool does_not_know(const std::string& complaint) {
    return complaint.find("usage:") != std::string::npos &&
           complaint.find("Invalid choice") != std::string::npos;
}

Found run(const std::string& name, const std::vector<std::string>& arguments, const std::string& step,
          const std::string& fix) {
    const auto output = run_child(arguments);
    if (output.exit_code != 0 && arguments.front() == "aws" && does_not_know(output.standard_error))
        return refused(fmt::format(
            "profile {}: the AWS CLI in PATH does not know {}; install the latest version 2 of it", name,
            step));
    if (output.exit_code != 0)
        return refused(fmt::format("profile {}: {} failed ({}); {}", name, step,
                                   first_line(output.standard_error), fix));
    const auto parsed =
        parse_process_credentials(output.standard_output, fmt::format("profile {}: {}", name, step));
    if (!parsed) return tl::unexpected(parsed.error());
    return *parsed;
}

Found export_credentials(const std::string& name, const std::string& fix) {
    return run(name, {"aws", "configure", "export-credentials", "--format", "process", "--profile", name},
               "`aws configure export-credentials`", fix + " (version 2 of the AWS CLI)");
}

} // namespace

Found credentials_of_process(const std::string& name, const Profile& profile) {
    const std::string command = setting(profile, "credential_process");
    if (command.empty()) return std::nullopt;
    return run(name, {"sh", "-c", command}, "its credential_process", "run that command by hand to see why");
}

Found credentials_of_sso(const std::string& name, const Profile& profile) {
    if (!profile.contains("sso_account_id") && !profile.contains("sso_role_name")) return std::nullopt;
    return export_credentials(name, "log in with: aws sso login --profile " + name);
}

Found credentials_of_login(const std::string& name, const Profile& profile) {
    if (!profile.contains("login_session")) return std::nullopt;
    return export_credentials(name, "log in with: aws login --profile " + name);
}

} // namespace snow_white::aws
