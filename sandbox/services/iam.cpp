#include "sandbox/services/paging.hpp"
#include "sandbox/services/services.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sandbox {

namespace {

using namespace shapes;

const User& user_named(const Identities& identities, const std::string& name) {
    if (const User* const user = identities.find_user(name)) return *user;
    throw AwsError("NoSuchEntity", fmt::format("The user with name {} cannot be found.", name),
                   404);
}

Json tags_as_json(const User& user) {
    Json tags = Json::array();
    for (const auto& [key, value] : user.tags)
        tags.push_back({{"Key", key}, {"Value", value}});
    return tags;
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
    if (!user.tags.empty()) described["Tags"] = tags_as_json(user);
    return {{"User", described}};
}

Json list_user_tags(const Call& call, const Identities& identities) {
    const User& user = user_named(identities, call.parameters["UserName"]);
    const auto page =
        page_of(user.tags.size(), static_cast<std::size_t>(call.parameters.value("MaxItems", 100)),
                call.parameters.value("Marker", ""), {user.name});
    if (!page) throw AwsError("ValidationError", "Invalid Marker.");
    const Json all = tags_as_json(user);
    Json result = {{"Tags", Json::array()}, {"IsTruncated", !page->next_token.empty()}};
    for (std::size_t i = page->begin; i < page->end; ++i)
        result["Tags"].push_back(all[i]);
    if (!page->next_token.empty()) result["Marker"] = page->next_token;
    return result;
}

std::string role_arn(const World& world, const std::string& name) {
    return fmt::format("arn:aws:iam::{}:role/{}", world.account, name);
}

// Each profile that an instance has, with a role of its name.
Json get_instance_profile(const Call& call, const World& world) {
    const std::string name = call.parameters["InstanceProfileName"];
    const bool is_there = std::any_of(world.instances.begin(), world.instances.end(),
                                      [&](const Instance& one) { return one.profile == name; });
    if (!is_there)
        throw AwsError("NoSuchEntity", fmt::format("Instance Profile {} cannot be found.", name),
                       404);
    const Json role = {{"Path", "/"},
                       {"RoleName", name},
                       {"RoleId", "AROA0123456789EXAMPLE"},
                       {"Arn", role_arn(world, name)}};
    return {{"InstanceProfile",
             {{"Path", "/"},
              {"InstanceProfileName", name},
              {"InstanceProfileId", "AIPA0123456789EXAMPLE"},
              {"Arn", fmt::format("arn:aws:iam::{}:instance-profile/{}", world.account, name)},
              {"Roles", Json::array({role})}}}};
}

Json simulate(const Call& call, const Identities& identities, const Grants& grants) {
    const std::string arn = call.parameters["PolicySourceArn"];
    const std::string name = arn.substr(arn.rfind('/') + 1);
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

// What the sandbox does not heed is taken all the same, as the model has it.
Shape simulation(const Shape& name) {
    const Shape policy = string().size(1, 131072);
    const Shape inline_policy =
        structure({required("PolicyName", name),
                   required("AttachmentType", string().one_of({"user", "group", "role"})),
                   required("AttachmentName", name)});
    const Shape excluded =
        structure({optional("PolicyType", string()), optional("PolicyArn", string().size(20, 2048)),
                   optional("InlinePolicyIdentifier", inline_policy)});
    const Shape context = structure({optional("ContextKeyName", string().size(5, 256)),
                                     optional("ContextKeyValues", list(string())),
                                     optional("ContextKeyType", string())});
    return structure(
        {required("PolicySourceArn", string().size(20, 2048)),
         required("ActionNames", list(string().size(3, 128))),
         optional("ResourceArns", list(string().size(1, 2048))),
         optional("PolicyInputList", list(policy)),
         optional("PermissionsBoundaryPolicyInputList", list(policy)),
         optional("PolicyExclusionList", list(excluded).size(0, 256)),
         optional("ResourcePolicy", policy), optional("ResourceOwner", string().size(1, 2048)),
         optional("CallerArn", string().size(1, 2048)), optional("ContextEntries", list(context)),
         optional("ResourceHandlingOption", string().size(1, 64)),
         optional("Marker", string().size(1, 320)), optional("MaxItems", integer().size(1, 1000))});
}

} // namespace

void add_iam(ActionTable& actions, const Identities& identities, const World& world,
             Grants grants) {
    const Shape name = string().size(1, 128).matching("[\\w+=,.@-]+");
    actions.add("iam", "GetUser", structure({optional("UserName", name)}),
                [&identities](const Call& call) { return get_user(call, identities); });
    actions.add("iam", "ListUserTags",
                structure({required("UserName", name), optional("Marker", string().size(1, 320)),
                           optional("MaxItems", integer().size(1, 1000))}),
                [&identities](const Call& call) { return list_user_tags(call, identities); });
    actions.add("iam", "GetInstanceProfile", structure({required("InstanceProfileName", name)}),
                [&world](const Call& call) { return get_instance_profile(call, world); });
    actions.add("iam", "SimulatePrincipalPolicy", simulation(name),
                [&identities, grants = std::move(grants)](const Call& call) {
                    return simulate(call, identities, grants);
                });
}

} // namespace sandbox
