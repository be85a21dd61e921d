#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/services/paging.hpp"
#include "sandbox/services/services.hpp"
#include "sandbox/wire/time_format.hpp"
#include "src/base/ids.hpp"

#include <fmt/format.h>

namespace sandbox {

namespace {

const User& user_named(const Identities& identities, const std::string& name) {
    if (const User* const user = identities.find_user(name)) return *user;
    throw AwsError("NoSuchEntity", fmt::format("The user with name {} cannot be found.", name),
                   404);
}

Json tag_as_json(const std::pair<std::string, std::string>& tag) {
    return {{"Key", tag.first}, {"Value", tag.second}};
}

// Without UserName it is the caller, who must then be a user.
Json get_user(const Call& call, const Identities& identities) {
    const std::string name = call.parameters.value("UserName", call.caller.user_name);
    if (name.empty())
        throw AwsError("ValidationError",
                       "Must specify userName when calling with non-User credentials");
    const User& user = user_named(identities, name);
    Json described = {{"Path", "/"},
                      {"UserName", user.name},
                      {"UserId", user.id},
                      {"Arn", user.arn},
                      {"CreateDate", iso_time(user.created)}};
    for (const auto& tag : user.tags)
        described["Tags"].push_back(tag_as_json(tag));
    return {{"User", described}};
}

Json list_user_tags(const Call& call, const Identities& identities) {
    const User& user = user_named(identities, call.parameters["UserName"]);
    Json answer = list_page(call.parameters,
                            {.action = "ListUserTags",
                             .list = "Tags",
                             .default_size = 100,
                             .token = "Marker",
                             .size = "MaxItems",
                             .token_error = "ValidationError",
                             .token_complaint = "Invalid Marker."},
                            user.tags, tag_as_json);
    answer["IsTruncated"] = answer.contains("Marker");
    return answer;
}

// Each profile that an instance has, with a role of its name.
Json get_instance_profile(const Call& call, const RegionState& state) {
    const std::string name = call.parameters["InstanceProfileName"];
    if (find_by(state.instances, &Instance::profile, name) == nullptr)
        throw AwsError("NoSuchEntity", fmt::format("Instance Profile {} cannot be found.", name),
                       404);
    const Json role = {{"Path", "/"},
                       {"RoleName", name},
                       {"RoleId", "AROA0123456789EXAMPLE"},
                       {"Arn", make_arn("iam", "", state.account, "role/" + name)}};
    return {{"InstanceProfile",
             {{"Path", "/"},
              {"InstanceProfileName", name},
              {"InstanceProfileId", "AIPA0123456789EXAMPLE"},
              {"Arn", make_arn("iam", "", state.account, "instance-profile/" + name)},
              {"Roles", Json::array({role})}}}};
}

Json simulate(const Call& call, const Identities& identities, const Grants& grants) {
    const std::string arn = call.parameters["PolicySourceArn"];
    const std::string name = snow_white::name_of_arn(arn);
    const bool is_role = arn.find(":role/") != std::string::npos;
    if (!is_role || !identities.find_role(arn))
        throw AwsError("NoSuchEntity",
                       fmt::format("{} {} cannot be found.", is_role ? "Role" : "Entity", name),
                       404);
    Json results = Json::array();
    for (const Json& action : call.parameters["ActionNames"])
        for (const Json& resource : call.parameters.value("ResourceArns", Json{"*"}))
            results.push_back(
                {{"EvalActionName", action},
                 {"EvalResourceName", resource},
                 {"EvalDecision", grants(name, action, resource) ? "allowed" : "implicitDeny"}});
    return {{"EvaluationResults", results}, {"IsTruncated", false}};
}

} // namespace

void add_iam(ActionTable& actions, const Identities& identities, const RegionState& state,
             Grants grants) {
    actions.add("iam", "GetUser", get_user, identities);
    actions.add("iam", "ListUserTags", list_user_tags, identities);
    actions.add("iam", "GetInstanceProfile", get_instance_profile, state);
    actions.add("iam", "SimulatePrincipalPolicy",
                [&identities, grants = std::move(grants)](const Call& call) {
                    return simulate(call, identities, grants);
                });
}

} // namespace sandbox
