#include "sandbox/policy/required_permissions.hpp"
#include "sandbox/base/text.hpp"
#include "src/base/ids.hpp"

#include "sandbox/services/tags.hpp"
#include "sandbox/ssm/targets.hpp"

#include <fmt/format.h>

namespace sandbox {

namespace {

RequiredPermission permission_on(std::string action, const std::string& resource,
                                 std::map<std::string, std::string> context = {}) {
    return {std::move(action), resource, std::move(context), resource};
}

class Reader {
public:
    Reader(const Call& call, const RegionContext& region)
        : call_(call), asked_(call.parameters), region_(region),
          action_(fmt::format("{}:{}", call.service, call.action)) {}

    std::vector<RequiredPermission> read() const {
        if (call_.service == "sts") return {};
        if (action_ == "ssm:SendCommand") return send_command();
        if (action_ == "ssm:DescribeDocument" || action_ == "ssm:GetDocument")
            return {permission_on(action_, document(asked_.at("Name")))};
        if (action_ == "ecs:RunTask") return run_task();
        if (action_ == "ecs:DescribeClusters") return clusters();
        if (action_ == "ecs:ListTasks") return {listed_tasks()};
        if (action_ == "ecs:DescribeTasks") return tasks(asked_.at("tasks"));
        if (action_ == "ecs:StopTask") return tasks(Json::array({asked_.at("task")}));
        if (call_.service == "logs") return {log()};
        if (action_ == "iam:GetInstanceProfile" || action_ == "iam:SimulatePrincipalPolicy")
            return {on_everything()};
        if (call_.service == "iam") return {user()};
        if (call_.service == "cloudformation") return {permission_on(action_, stack())};
        if (action_ == "elasticbeanstalk:DescribeEnvironmentResources")
            return {permission_on(action_, environment())};
        return {on_everything()};
    }

private:
    std::string arn(const std::string& service, const std::string& resource) const {
        return make_arn(service, region_.state.region, region_.state.account, resource);
    }

    RequiredPermission on_everything() const {
        return {action_, "*", {}, call_.service == "ec2" ? "" : "*"}; // EC2 names none
    }

    // AWS's own documents belong to no account.
    std::string document(const std::string& name) const {
        if (name.starts_with("arn:")) return name;
        if (name.starts_with("AWS-"))
            return make_arn("ssm", region_.state.region, "", "document/" + name);
        return arn("ssm", "document/" + name);
    }

    std::vector<RequiredPermission> send_command() const {
        std::vector<RequiredPermission> required_permissions{
            permission_on(action_, document(asked_.at("DocumentName")))};
        const TagReader tags(region_.state);
        for (const Instance* const instance : instances()) {
            RequiredPermission& permission = required_permissions.emplace_back(
                permission_on(action_, arn("ec2", "instance/" + instance->id)));
            for (const auto& [key, value] : tags.of(*instance)) {
                permission.context["ssm:resourceTag/" + key] = value;
                permission.context["aws:ResourceTag/" + key] = value;
            }
        }
        return required_permissions;
    }

    // None when the targets are wrong: the action itself says what is, and to whom only the
    // document is granted.
    std::vector<const Instance*> instances() const {
        try {
            check_targets(region_.state, asked_);
        } catch (const AwsError&) {
            return {};
        }
        return resolve_targets(region_.state, asked_);
    }

    std::string cluster_arn() const {
        return cluster_arn(asked_.value("cluster", region_.cluster));
    }

    std::string cluster_arn(const std::string& cluster) const {
        return cluster.starts_with("arn:") ? cluster : arn("ecs", "cluster/" + cluster);
    }

    std::vector<RequiredPermission> clusters() const {
        std::vector<RequiredPermission> required_permissions;
        for (const auto& cluster : asked_.value("clusters", std::vector<std::string>{}))
            required_permissions.push_back(permission_on(action_, cluster_arn(cluster)));
        if (required_permissions.empty())
            required_permissions.push_back(permission_on(action_, cluster_arn("default")));
        return required_permissions;
    }

    // It knows container instances as a resource, of which Fargate has none: the developer guide
    // grants it on everything, by its cluster.
    RequiredPermission listed_tasks() const {
        RequiredPermission permission = on_everything();
        permission.context["ecs:cluster"] = cluster_arn();
        return permission;
    }

    std::vector<RequiredPermission> run_task() const {
        // As the call names it: AWS looks a family without a revision up after the check, so
        // "FAMILY:*" does not grant it (users of RunTask report that).
        const std::string definition = asked_.at("taskDefinition");
        const std::string resource = definition.starts_with("arn:")
                                         ? definition
                                         : arn("ecs", "task-definition/" + definition);
        std::vector<RequiredPermission> required_permissions{
            permission_on(action_, resource, {{"ecs:cluster", cluster_arn()}})};
        if (!asked_.value("tags", Json::array()).empty())
            required_permissions.push_back(tag_on_creation());
        const Json overrides = asked_.value("overrides", Json::object());
        auto roles = region_.roles_of(definition);
        for (const char* const name : {"taskRoleArn", "executionRoleArn"})
            if (overrides.contains(name)) roles.push_back(overrides[name]);
        for (const auto& role : roles)
            required_permissions.push_back(permission_on(
                "iam:PassRole", role, {{"iam:PassedToService", "ecs-tasks.amazonaws.com"}}));
        return required_permissions;
    }

    // Source: the ECS developer guide, "Grant permission to tag resources on creation". The task
    // has no id yet.
    RequiredPermission tag_on_creation() const {
        return permission_on(
            "ecs:TagResource",
            arn("ecs", fmt::format("task/{}/*", snow_white::name_of_arn(cluster_arn()))),
            {{"ecs:CreateAction", "RunTask"}, {"ecs:cluster", cluster_arn()}});
    }

    std::vector<RequiredPermission> tasks(const Json& ids) const {
        const std::string cluster = cluster_arn();
        const std::string name = snow_white::name_of_arn(cluster);
        std::vector<RequiredPermission> required_permissions;
        for (const std::string id : ids) {
            RequiredPermission& permission = required_permissions.emplace_back(permission_on(
                action_,
                id.starts_with("arn:") ? id : arn("ecs", fmt::format("task/{}/{}", name, id)),
                {{"ecs:cluster", cluster}}));
            for (const Json& tag : region_.tags_of_task(id))
                permission.context["aws:ResourceTag/" + tag.value("key", "")] =
                    tag.value("value", "");
        }
        if (required_permissions.empty()) required_permissions.push_back(on_everything());
        return required_permissions;
    }

    // FilterLogEvents is about a group, and its errors name a stream without a name.
    RequiredPermission log() const {
        const std::string group =
            asked_.value("logGroupName", asked_.value("logGroupIdentifier", std::string()));
        const std::string stream =
            call_.action == "GetLogEvents" ? asked_.value("logStreamName", "") : "";
        return permission_on(action_,
                             arn("logs", fmt::format("log-group:{}:log-stream:{}", group, stream)));
    }

    RequiredPermission user() const {
        const std::string name = asked_.value("UserName", call_.caller.user_name);
        return {action_,
                make_arn("iam", "", region_.state.account, "user/" + name),
                {},
                "user " + name};
    }

    // Of a stack that does not exist AWS knows no more than the name.
    std::string stack() const {
        const std::string name = asked_.value("StackName", "");
        if (name.empty()) return "*";
        for (const Stack& stack : region_.stacks)
            if (stack.name == name || stack.id == name) return stack.id;
        return arn("cloudformation", fmt::format("stack/{}/*", name));
    }

    std::string environment() const {
        const std::string id = asked_.value("EnvironmentId", "");
        const std::string name = asked_.value("EnvironmentName", "");
        for (const Environment& one : region_.state.environments)
            if (one.id == id || one.name == name)
                return arn("elasticbeanstalk",
                           fmt::format("environment/{}/{}", one.application, one.name));
        return arn("elasticbeanstalk", "environment/*/" + name);
    }

    const Call& call_;
    const Json& asked_;
    const RegionContext& region_;
    std::string action_;
};

} // namespace

std::vector<RequiredPermission> required_permissions_of(const Call& call,
                                                        const RegionContext& region) {
    return Reader(call, region).read();
}

} // namespace sandbox
