#include "sandbox/services/services.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

namespace sandbox {

namespace {

using namespace shapes;

constexpr long long default_session_seconds = 3'600;

Shape assume_role_shape() {
    const Shape arn = string().size(20, 2048);
    const Shape tag = structure(
        {required("Key", string().size(1, 128)), required("Value", string().size(0, 256))});
    return structure({
        required("RoleArn", arn),
        required("RoleSessionName", string().size(2, 64).matching("[\\w+=,.@-]*")),
        optional("PolicyArns", list(structure({optional("arn", arn)}))),
        optional("Policy", string().at_least(1)),
        optional("DurationSeconds", integer().size(900, 43'200)),
        optional("Tags", list(tag).at_most(50)),
        optional("TransitiveTagKeys", list(string().size(1, 128)).at_most(50)),
        optional("ExternalId", string().size(2, 1224).matching("[\\w+=,.@:\\/-]*")),
        optional("SerialNumber", string().size(9, 256).matching("[\\w+=/:,.@-]*")),
        optional("TokenCode", string().size(6, 6).matching("[\\d]*")),
        optional("SourceIdentity", string().size(2, 256).matching("[\\w+=,.@-]*")),
        optional("ProvidedContexts",
                 list(structure({optional("ProviderArn", arn),
                                 optional("ContextAssertion", string().size(4, 3072))}))
                     .size(1, 5)),
        optional("MinimumSessionTokenSize", integer().size(0, 4096)),
    });
}

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
    actions.add("sts", "GetCallerIdentity", structure({}), [&identities](const Call& call) -> Json {
        return {{"UserId", call.caller.user_id},
                {"Account", identities.account()},
                {"Arn", call.caller.arn}};
    });
    actions.add("sts", "AssumeRole", assume_role_shape(),
                [&identities](const Call& call) { return assume_role(call, identities); });
}

} // namespace sandbox
