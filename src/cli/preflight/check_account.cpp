#include "src/cli/preflight/check_account.hpp"

#include "src/aws/services/ecr.hpp"
#include "src/aws/services/iam.hpp"
#include "src/aws/services/network.hpp"
#include "src/cli/preflight/unchecked.hpp"
#include "src/report/text/pattern_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace snow_white::cli {

namespace {

// Without a route to the internet each of these is reached by an endpoint in the VPC, or not at
// all. Sources: ECS developer guide, "Amazon ECR interface VPC endpoints" (ecr.api, ecr.dkr, s3 for
// the layers, logs, secretsmanager); the others are those that src/aws/config/operations.hpp names
// for the task.
std::set<std::string> needed_services(const aws::TaskDefinition& definition) {
    std::set<std::string> needed{"cloudformation", "ec2", "ecs", "elasticbeanstalk", "logs", "ssm"};
    if (aws::ecr_image(definition.image)) needed.insert({"ecr.api", "ecr.dkr", "s3"});
    if (!definition.secret_arns.empty()) needed.insert("secretsmanager");
    return needed;
}

class WayOut {
public:
    WayOut(const aws::TaskDefinition& definition, const Request& request, Findings& findings,
           Unchecked& unchecked)
        : definition_(definition), request_(request), settings_(request.settings),
          findings_(findings), unchecked_(unchecked) {}

    void look(aws::Client& client) {
        const auto routes = aws::get_routes(client, settings_.subnet, settings_.vpc);
        if (!routes) {
            unchecked_.take(routes.error(), "the way out of " + settings_.subnet);
        } else if (routes->table.empty()) {
            findings_.warn("not checked: the way out of " + settings_.subnet +
                           ": EC2 shows no route table");
        } else if (!routes->internet.empty() && !routes->is_gone &&
                   (settings_.public_ip || !routes->internet.starts_with("igw-"))) {
            findings_.print(fmt::format("{} has a way out: {}", settings_.subnet, routes->internet));
        } else if (!routes->others.empty()) {
            findings_.warn(fmt::format(
                "{} has no way out for all of the internet, but routes for {}: whether the "
                "task reaches AWS and Slack by them was not judged",
                settings_.subnet, fmt::join(routes->others, ", ")));
        } else {
            look_at_endpoints(client, *routes);
        }
    }

private:
    // Endpoints serve their own region only.
    std::set<std::string> other_regions() const {
        std::set<std::string> others(request_.regions.begin(), request_.regions.end());
        if (const auto image = aws::ecr_image(definition_.image)) others.insert(image->region);
        others.erase(settings_.cluster_region);
        return others;
    }

    void look_at_endpoints(aws::Client& client, const aws::Routes& routes) {
        const auto there = aws::list_endpoint_services(client, settings_.vpc, routes.table);
        if (!there) {
            findings_.warn(what_is_wrong(routes));
            unchecked_.take(there.error(), "the endpoints of " + settings_.vpc);
            return;
        }
        std::vector<std::string> missing;
        for (const auto& service : needed_services(definition_))
            if (!there->contains(service)) missing.push_back(service);
        const auto elsewhere = other_regions();
        if (missing.empty() && elsewhere.empty())
            return findings_.warn(
                fmt::format("{}; the endpoints of {} reach AWS, and nothing reaches Slack",
                            what_is_wrong(routes), settings_.vpc));
        const std::string unreached =
            missing.empty()
                ? fmt::format("endpoints of {} do not reach {}", settings_.vpc,
                              fmt::join(elsewhere, ", "))
                : fmt::format("{} has no endpoint for {}", settings_.vpc, fmt::join(missing, ", "));
        findings_.block(ExitCode::refused,
                        fmt::format("{}, and {}: the task could not start or report; {}",
                                    what_is_wrong(routes), unreached, fix(routes)));
    }

    bool lacks_an_address(const aws::Routes& routes) const {
        return !routes.internet.empty() &&
               !routes.is_gone; // else it would have been said that it has a way out
    }

    std::string what_is_wrong(const aws::Routes& routes) const {
        if (lacks_an_address(routes))
            return fmt::format(
                "assign_public_ip: {}'s way out is the internet gateway {}, which carries public "
                "addresses only, and the task would have none",
                settings_.subnet, routes.internet);
        return fmt::format("subnet_id: {} has no route to the internet{}", settings_.subnet,
                           routes.is_gone ? " (its target is gone)" : "");
    }

    std::string fix(const aws::Routes& routes) const {
        if (lacks_an_address(routes))
            return "set assign_public_ip to ENABLED, or name a subnet with a NAT gateway";
        return "name a subnet with a route, or give this one a NAT gateway's: " +
               cli(request_, settings_.cluster_region,
                   fmt::format(
                       "ec2 {}-route --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-… "
                       "--route-table-id {}",
                       routes.is_gone ? "replace" : "create", routes.table));
    }

    const aws::TaskDefinition& definition_;
    const Request& request_;
    const Settings& settings_;
    Findings& findings_;
    Unchecked& unchecked_;
};

std::string fix_of_image(const aws::EcrImage& image, const std::string& name,
                         const std::string& code, const Request& request) {
    if (code == "RepositoryNotFoundException")
        return "there is no such repository; " +
               cli(request, image.region,
                   "ecr create-repository --repository-name " + image.repository) +
               ", or the stack's parameter Image";
    if (!image.digest.empty())
        return "what is there: " + cli(request, image.region,
                                       "ecr describe-images --repository-name " + image.repository);
    return "push it: make image, then skopeo copy docker-archive:build/container/snow-white.tar "
           "docker://" +
           name + " (README.md; a release has one, too)";
}

void look_at_image(aws::Client& client, const aws::TaskDefinition& definition,
                   const Request& request, Findings& findings, Unchecked& unchecked) {
    const auto image = aws::ecr_image(definition.image);
    if (!image)
        return findings.print(fmt::format(
            "image {} is not in ECR, as far as its name tells: not checked", definition.image));
    aws::Client registry = client.in(image->region);
    const auto found = aws::find_image(registry, *image);
    if (found) return findings.print(fmt::format("image {} is there", definition.image));
    if (unchecked.take(found.error(), "the image")) return;
    findings.block(
        ExitCode::refused,
        fmt::format("image {} is not there ({}): the task could not start; {}", definition.image,
                    found.error().code,
                    fix_of_image(*image, definition.image, found.error().code, request)));
}

void look_at_execution_role(aws::Client& client, const aws::TaskDefinition& definition,
                            const Request& request, Findings& findings, Unchecked& unchecked) {
    const std::string& role = definition.execution_role;
    for (const auto& secret : definition.secret_arns) {
        const auto denied =
            aws::list_denied_actions(client, role, {"secretsmanager:GetSecretValue"}, secret);
        if (!denied && denied.error().kind == aws::ErrorKind::not_found)
            return findings.block(
                ExitCode::refused,
                fmt::format(
                    "there is no role {}, which the task definition names: the task could not "
                    "start; deploy the stack anew",
                    role));
        if (!denied) {
            unchecked.take(denied.error(), "whether ECS may read the task's secret");
            return;
        }
        if (denied->empty()) continue;
        const std::string policy = fmt::format(
            R"({{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"{}"}}}})",
            secret);
        return findings.block(
            ExitCode::refused,
            fmt::format(
                "{} may not read {}: the task could not start; the stack's template allows it, and "
                "where "
                "that "
                "was changed by hand: {}",
                role, secret,
                cli(request, request.settings.cluster_region,
                    fmt::format("iam put-role-policy --role-name {} --policy-name read-slack "
                                "--policy-document {}",
                                report::shell_word(name_in(role)), report::shell_word(policy)))));
    }
}

} // namespace

void look_at_tasks_needs(aws::Client& cluster, const aws::TaskDefinition& definition, Placed placed,
                         const Request& request, Findings& findings) {
    Unchecked unchecked(findings);
    if (placed == Placed::yes)
        WayOut(definition, request, findings, unchecked).look(cluster);
    else if (placed == Placed::unknown)
        findings.warn("not checked: the way out of " + request.settings.subnet +
                      ", whose VPC could not be seen");
    look_at_image(cluster, definition, request, findings, unchecked);
    look_at_execution_role(cluster, definition, request, findings, unchecked);
}

} // namespace snow_white::cli
