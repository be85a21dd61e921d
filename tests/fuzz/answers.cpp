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
#include "src/cli/preflight/script_pin.hpp"
#include "tests/fuzz/aws_that_says.hpp"

namespace {

using namespace snow_white;
using namespace snow_white::aws;
using fuzz::expect_a_value_or_words;

void read_as_json(int status, const std::string& bytes) {
    fuzz::AwsThatSays says(status, bytes);
    auto& client = says.client;
    expect_a_value_or_words(send_command(client, {.document = "d", .targets = {.ids = {{"i-1"}}}}));
    expect_a_value_or_words(get_command(client, {"c"}));
    expect_a_value_or_words(list_executing_commands(client, "d"));
    expect_a_value_or_words(list_invocations(client, {"c"}, [](const Invocation&) {}));
    expect_a_value_or_words(describe_managed_instances(client, "t", {"v"}));
    expect_a_value_or_words(get_cluster_status(client, "c"));
    expect_a_value_or_words(describe_task_definition(client, "f"));
    expect_a_value_or_words(run_task(client, {}));
    expect_a_value_or_words(describe_task(client, "c", {"t"}));
    expect_a_value_or_words(list_started_tasks(client, "c", "f"));
    expect_a_value_or_words(stop_task(client, "c", {"t"}, "r"));
    expect_a_value_or_words(get_log_events(client, "g", "s", ""));
    const auto document = get_document(client, "d", latest_version);
    expect_a_value_or_words(document);
    if (document) cli::pinned_script(document->text);
}

void read_as_xml(int status, const std::string& bytes) {
    fuzz::AwsThatSays says(status, bytes);
    auto& client = says.client;
    expect_a_value_or_words(describe_environments(client, "acme"));
    expect_a_value_or_words(describe_instances(client, {"acme-workers"}, Ec2States::living));
    expect_a_value_or_words(get_vpc_of_subnet(client, "subnet-0a1b2c3d4e5f60718"));
    expect_a_value_or_words(get_vpc_of_security_group(client, "sg-0a1b2c3d4e5f60718"));
    expect_a_value_or_words(get_physical_id(client, "snow-white", "QuietSideKiqDocument"));
    expect_a_value_or_words(get_caller_arn(client));
    expect_a_value_or_words(get_user_tag(client, "alice", "slack_userid"));
    const Environment nothing;
    const CredentialsContext context{nothing, says.settings, says.http, says.clock,
                                     {},      "eu-west-1"};
    expect_a_value_or_words(assume_role(context, {"AK", "s"}, {.arn = "arn"}));
    expect_a_value_or_words(assume_role_with_web_identity(context, "token", {.arn = "arn"}));
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
        fuzz::AwsThatSays says(status, bytes);
        expect(!get_command(says.client, {"c"}), "an error's status is an error");
        expect(!get_caller_arn(says.client), "an error's status is an error");
    }
}
