#include "src/cli/preflight/check_account.hpp"

#include "src/aws/services/ecr.hpp"
#include "src/aws/services/iam.hpp"
#include "src/aws/services/network.hpp"
#include "src/report/text/pattern_text.hpp"

#include <fmt/ranges.h>
#include <set>

namespace snow_white::cli {

namespace {

// Without a route to the internet the task reaches each of these by an endpoint in the VPC, or not
// at all. Sources: ECS developer guide, "Amazon ECR interface VPC endpoints" (ecr.api, ecr.dkr, s3
// for the layers, logs, secretsmanager); src/aws/config/operations.hpp for the others.
std::set<std::string> needed_services(const aws::TaskDefinition& definition) {
    std::set<std::string> needed{"cloudformation", "ec2", "ecs", "elasticbeanstalk", "logs", "ssm"};
    if (aws::ecr_image(definition.image)) needed.insert({"ecr.api", "ecr.dkr", "s3"});
    if (!definition.secret_arns.empty()) needed.insert("secretsmanager");
    return needed;
}

class TaskNeeds {
public:
    TaskNeeds(aws::Client& cluster, const aws::TaskDefinition& definition, const Request& request,
              Findings& findings)
        : cluster_(cluster), definition_(definition), request_(request),
          settings_(request.settings), findings_(findings), unchecked_(findings) {}

    void check_way_out() {
        const auto routes = aws::get_routes(cluster_, settings_.subnet, settings_.vpc);
        if (!routes)
            unchecked_.add(routes.error(), "the way out of " + settings_.subnet);
        else if (routes->table.empty())
            findings_.warn("not checked: the way out of {}: EC2 shows no route table",
                           settings_.subnet);
        else if (!routes->internet.empty() && !routes->is_gone &&
                 (settings_.public_ip || !routes->internet.starts_with("igw-")))
            findings_.print("{} has a way out: {}", settings_.subnet, routes->internet);
        else if (!routes->others.empty())
            findings_.warn("{} has no way out for all of the internet, but routes for {}: whether "
                           "the task reaches AWS and Slack by them was not judged",
                           settings_.subnet, fmt::join(routes->others, ", "));
        else
            check_endpoints(*routes);
    }

    void check_image() {
        const std::string& name = definition_.image;
        const auto image = aws::ecr_image(name);
        if (!image)
            return findings_.print("image {} is not in ECR, as far as its name tells: not checked",
                                   name);
        aws::Client registry = cluster_.in(image->region);
        const auto found = aws::find_image(registry, *image);
        if (found) return findings_.print("image {} is there", name);
        const aws::Error& error = found.error();
        if (unchecked_.add(error, "the image")) return;
        findings_.block(ExitCode::refused,
                        "image {} is not there ({}): the task could not start; {}", name,
                        error.code, fix_of_image(*image, error.code));
    }

    void check_execution_role() {
        const std::string& role = definition_.execution_role;
        for (const auto& secret : definition_.secret_arns) {
            const auto denied =
                aws::list_denied_actions(cluster_, role, {"secretsmanager:GetSecretValue"}, secret);
            if (!denied && unchecked_.add(denied.error(), "whether ECS may read the task's secret"))
                return;
            if (!denied)
                return findings_.block(
                    ExitCode::refused,
                    "there is no role {}, which the task definition names: the task could not "
                    "start; deploy the stack again",
                    role);
            if (denied->empty()) continue;
            const std::string policy = fmt::format(
                R"({{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"{}"}}}})",
                secret);
            return findings_.block(
                ExitCode::refused,
                "{} may not read {}: the task could not start; the stack's template allows it, and "
                "where that was changed by hand: {}",
                role, secret,
                aws_cli_command(request_, settings_.cluster_region,
                                fmt::format("iam put-role-policy --role-name {} --policy-name "
                                            "read-slack --policy-document {}",
                                            report::shell_word(name_of_arn(role)),
                                            report::shell_word(policy))));
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

    void check_endpoints(const aws::Routes& routes) {
        const auto present = aws::list_endpoint_services(cluster_, settings_.vpc, routes.table);
        if (!present) {
            findings_.warn(what_is_wrong(routes));
            unchecked_.add(present.error(), "the endpoints of " + settings_.vpc);
            return;
        }
        auto missing = needed_services(definition_);
        for (const auto& service : *present)
            missing.erase(service);
        const auto elsewhere = other_regions();
        if (missing.empty() && elsewhere.empty())
            return findings_.warn("{}; the endpoints of {} reach AWS, and nothing reaches Slack",
                                  what_is_wrong(routes), settings_.vpc);
        const std::string unreached =
            missing.empty()
                ? fmt::format("endpoints of {} do not reach {}", settings_.vpc,
                              fmt::join(elsewhere, ", "))
                : fmt::format("{} has no endpoint for {}", settings_.vpc, fmt::join(missing, ", "));
        findings_.block(ExitCode::refused, "{}, and {}: the task could not start or report; {}",
                        what_is_wrong(routes), unreached, fix_of_route(routes));
    }

    // Then there is an internet gateway that only a public address could use.
    static bool lacks_an_address(const aws::Routes& routes) {
        return !routes.internet.empty() && !routes.is_gone;
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

    std::string fix_of_route(const aws::Routes& routes) const {
        if (lacks_an_address(routes))
            return "set assign_public_ip to ENABLED, or name a subnet with a NAT gateway";
        return "name a subnet with a route, or give this one a NAT gateway's: " +
               aws_cli_command(
                   request_, settings_.cluster_region,
                   fmt::format(
                       "ec2 {}-route --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-… "
                       "--route-table-id {}",
                       routes.is_gone ? "replace" : "create", routes.table));
    }

    std::string fix_of_image(const aws::EcrImage& image, const std::string& code) const {
        const auto ecr_command = [&](const std::string& words) {
            return aws_cli_command(request_, image.region, words + image.repository);
        };
        if (code == "RepositoryNotFoundException")
            return "there is no such repository; " +
                   ecr_command("ecr create-repository --repository-name ") +
                   ", or the stack's parameter Image";
        if (!image.digest.empty())
            return "what is there: " + ecr_command("ecr describe-images --repository-name ");
        return "push it: make image, then skopeo copy "
               "docker-archive:build/container/snow-white.tar docker://" +
               definition_.image + " (README.md; a release has one, too)";
    }

    aws::Client& cluster_;
    const aws::TaskDefinition& definition_;
    const Request& request_;
    const Settings& settings_;
    Findings& findings_;
    Unchecked unchecked_;
};

} // namespace

void check_task_needs(aws::Client& cluster, const aws::TaskDefinition& definition,
                      SubnetPlace subnet, const Request& request, Findings& findings) {
    TaskNeeds needs(cluster, definition, request, findings);
    if (subnet == SubnetPlace::in_vpc)
        needs.check_way_out();
    else if (subnet == SubnetPlace::unknown)
        findings.warn("not checked: the way out of {}, whose VPC could not be seen",
                      request.settings.subnet);
    needs.check_image();
    needs.check_execution_role();
}

} // namespace snow_white::cli
