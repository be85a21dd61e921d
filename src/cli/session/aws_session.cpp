#include "src/cli/session/aws_session.hpp"

#include "src/aws/services/sts.hpp"
#include "src/base/text.hpp"

namespace snow_white::cli {

namespace {

// The number between the fourth colon of an ARN and the fifth; empty: AWS did not say who it is.
// The command's own calls say why.
std::string account_of(aws::Client client) {
    const auto arn = aws::get_caller_arn(client);
    if (!arn) return "";
    const auto parts = split(*arn, ':');
    return parts.size() > 4 ? parts[4] : "";
}

} // namespace

std::optional<ExitCode> AwsSessions::refuse_same_account(const Request& request, Context& context) {
    if (request.profiles.size() < 2) return std::nullopt;
    std::vector<std::string> accounts;
    for (const auto& profile : request.profiles)
        accounts.push_back(account_of(of(profile).in(request.region())));
    for (std::size_t i = 0; i < accounts.size(); ++i)
        for (std::size_t j = i + 1; j < accounts.size(); ++j) {
            const bool same_aws = of(request.profiles[i]).settings().endpoint_urls ==
                                  of(request.profiles[j]).settings().endpoint_urls;
            if (accounts[i].empty() || accounts[i] != accounts[j] || !same_aws) continue;
            print_error(context,
                        "-f: \"{}\" and \"{}\" are profiles of one account ({}), so that each "
                        "worker would count twice; write one of them",
                        request.profiles[i], request.profiles[j], accounts[i]);
            return ExitCode::usage;
        }
    return std::nullopt;
}

} // namespace snow_white::cli
