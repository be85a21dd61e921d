// Answers of the AWS services, through the functions that parse them.
#include "src/aws/credentials/assume_role.hpp"
#include "src/aws/services/cloudformation.hpp"
#include "src/aws/services/ec2.hpp"
#include "src/aws/services/ecs.hpp"
#include "src/aws/services/elastic_beanstalk.hpp"
#include "src/aws/services/iam.hpp"
#include "src/aws/services/logs.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/aws/services/sts.hpp"
#include "src/cli/preflight/check_document.hpp"
#include "tests/fuzz/answering_aws.hpp"

namespace {

using namespace snow_white;
using namespace snow_white::aws;
using fuzz::expect_value_or_message;

void read_as_json(int status, const std::string& bytes) {
    fuzz::AnsweringAws aws(status, bytes);
    auto& client = aws.client;
    expect_value_or_message(send_command(client, {.document = "d", .targets = {.ids = {{"i-1"}}}}));
    expect_value_or_message(get_command(client, {"c"}));
    expect_value_or_message(list_executing_commands(client, "d"));
    expect_value_or_message(list_invocations(client, {"c"}, [](const Invocation&) {}));
    expect_value_or_message(describe_managed_instances(client, "t", {"v"}));
    expect_value_or_message(get_cluster_status(client, "c"));
    expect_value_or_message(describe_task_definition(client, "f"));
    expect_value_or_message(run_task(client, {}));
    expect_value_or_message(describe_task(client, "c", {"t"}));
    expect_value_or_message(list_started_tasks(client, "c", "f"));
    expect_value_or_message(stop_task(client, "c", {"t"}, "r"));
    expect_value_or_message(get_log_events(client, "g", "s", ""));
    const auto document = get_document(client, "d", latest_version);
    expect_value_or_message(document);
    if (document) cli::pinned_script(document->text);
}

void read_as_xml(int status, const std::string& bytes) {
    fuzz::AnsweringAws aws(status, bytes);
    auto& client = aws.client;
    expect_value_or_message(describe_environments(client, "acme"));
    expect_value_or_message(describe_instances(client, {"acme-workers"}, Ec2States::living));
    expect_value_or_message(get_vpc_of_subnet(client, "subnet-0a1b2c3d4e5f60718"));
    expect_value_or_message(get_vpc_of_security_group(client, "sg-0a1b2c3d4e5f60718"));
    expect_value_or_message(get_physical_id(client, "snow-white", "QuietSideKiqDocument"));
    expect_value_or_message(get_caller_arn(client));
    expect_value_or_message(get_user_tag(client, "alice", "slack_userid"));
    const Environment nothing;
    const CredentialsContext context{nothing, aws.settings, aws.http, aws.clock, {}, "eu-west-1"};
    expect_value_or_message(assume_role(context, {"AK", "s"}, {.arn = "arn"}));
    expect_value_or_message(assume_role_with_web_identity(context, "token", {.arn = "arn"}));
}

} // namespace

void fuzz::json_answers(const std::string& bytes) {
    read_as_json(200, bytes);
}

void fuzz::xml_answers(const std::string& bytes) {
    read_as_xml(200, bytes);
}

void fuzz::error_answers(const std::string& bytes) {
    for (const int status : {400, 403, 503}) {
        fuzz::AnsweringAws aws(status, bytes);
        expect(!get_command(aws.client, {"c"}), "an error's status is an error");
        expect(!get_caller_arn(aws.client), "an error's status is an error");
    }
}
