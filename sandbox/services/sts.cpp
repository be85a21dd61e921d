#include "sandbox/services/services.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

namespace sandbox {

namespace {

constexpr long long default_session_seconds = 3'600;

Json assume_role(const Call& call, Identities& identities) {
    const std::string arn = call.parameters["RoleArn"];
    const Role* const role = identities.find_role(arn);
    if (!role || !role->users_may_assume || call.caller.user_name.empty())
        throw AwsError(
            "AccessDenied",
            fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
                        call.caller.arn, arn),
            403);
    const auto lifetime =
        std::chrono::seconds(call.parameters.value("DurationSeconds", default_session_seconds));
    const Credential& session =
        identities.open_session(*role, call.parameters["RoleSessionName"], lifetime, call.now);
    return {{"Credentials",
             {{"AccessKeyId", session.access_key},
              {"SecretAccessKey", session.secret},
              {"SessionToken", session.session_token},
              {"Expiration", iso_time(*session.expires)}}},
            {"AssumedRoleUser",
             {{"AssumedRoleId", session.caller.user_id}, {"Arn", session.caller.arn}}}};
}

} // namespace

void add_sts(ActionTable& actions, Identities& identities) {
    actions.add("sts", "GetCallerIdentity", [&identities](const Call& call) -> Json {
        return {{"UserId", call.caller.user_id},
                {"Account", identities.account()},
                {"Arn", call.caller.arn}};
    });
    actions.add("sts", "AssumeRole", assume_role, identities);
}

} // namespace sandbox
