// For test_recordings.py. Reads on each line of standard input one recorded answer as JSON
// {"service", "action", "status", "headers", "body", "container", "tag", "id"}, where body is the
// answer's bytes. Prints for each a line with the result of the program's own parsers: {"parsed":
// …}, or {"kind", "code", "message", "request_id", "words"} of the error. Only the client reads an
// action that the program does not call: {"parsed": null}.
#include "src/aws/credentials/assume_role.hpp"
#include "src/aws/credentials/sources.hpp"
#include "src/aws/services/cloudformation.hpp"
#include "src/aws/services/ec2.hpp"
#include "src/aws/services/ecs.hpp"
#include "src/aws/services/elastic_beanstalk.hpp"
#include "src/aws/services/iam.hpp"
#include "src/aws/services/logs.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/aws/services/sts.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <stdexcept>

namespace {

using namespace snow_white;
using namespace snow_white::aws;

class FixedCredentials : public CredentialsProvider {
public:
    Result<Credentials> get() override { return keys; }
    void invalidate() override {}
    Credentials keys{.access_key_id = "AK", .secret_access_key = "s"};
};

// AWS, which answers each call with the recording.
struct Recorded {
    explicit Recorded(const Json& the_record) : record(the_record) {
        HttpResponse response{.status = record.at("status"), .body = record.at("body")};
        response.request_id = record.value("/headers/x-amzn-RequestId"_json_pointer, "");
        http.answers = {response};
    }

    const Json& record;
    FakeClock clock;
    test::FakeHttp http;
    FixedCredentials keys;
    Environment nothing;
    Settings settings{.attempts = 1};
    Client client{{settings, http, clock, keys}, "eu-west-1"};
    CredentialsContext context{nothing, settings, http, clock, {}, "eu-west-1"};
};

constexpr std::array kinds{"throttled", "unreachable", "transport", "server",
                           "denied",    "not_found",   "invalid",   "unknown_action",
                           "malformed", "credentials"};

Json in_json(const Error& error) {
    return {{"kind", kinds.at(static_cast<std::size_t>(error.kind))},
            {"code", error.code},
            {"message", error.message},
            {"request_id", error.request_id},
            {"words", describe(error)}};
}

template <class Value, class Show> Json shown(const Result<Value>& read, Show show) {
    return read ? Json{{"parsed", show(*read)}} : in_json(read.error());
}

Json as_it_is(const std::string& text) {
    return text;
}

// Seconds since 1970; null when there is no time.
Json seconds(const std::optional<Instant>& instant) {
    if (!instant) return nullptr;
    return static_cast<double>(instant->time_since_epoch().count()) / 1000;
}

Json keys_in(const Credentials& keys) {
    return {{"access_key_id", keys.access_key_id},
            {"session_token", keys.session_token},
            {"expires", seconds(keys.expires)}};
}

Json instances_in(const std::vector<Ec2Instance>& instances) {
    Json all = Json::object();
    for (const auto& one : instances)
        all[one.id.text] = {
            {"state", one.state}, {"zone", one.zone}, {"launched", seconds(one.launched)}};
    return all;
}

Json environments_in(const std::vector<EbEnvironment>& environments) {
    Json all = Json::object();
    for (const auto& one : environments)
        all[one.name] = {{"id", one.id}, {"status", one.status}, {"application", one.application}};
    return all;
}

Json definition_in(const TaskDefinition& definition) {
    return definition.arn;
}

Json task_in(const Task& task) {
    return {{"status", task.last_status},
            {"reason", task.stopped_reason},
            {"started_by", task.started_by},
            {"by_user", task.stopped_by_user},
            {"exit_code", task.exit_code ? Json(*task.exit_code) : Json()}};
}

Json managed_in(const std::vector<ManagedInstance>& instances) {
    Json all = Json::object();
    for (const auto& one : instances)
        all[one.id.text] = one.online;
    return all;
}

Json commands_in(const std::vector<CommandSummary>& commands) {
    Json all = Json::object();
    for (const auto& one : commands)
        all[one.id.text] = {{"targeted", one.targeted},
                            {"completed", one.completed},
                            {"over", is_over(one.status)},
                            {"requested", seconds(one.requested)}};
    return all;
}

Json invocations(Client& client) {
    Json all = Json::object();
    const auto read = list_invocations(client, {"c"}, [&all](const Invocation& one) {
        all[one.id.text] = {
            {"detail", one.detail}, {"output", one.output}, {"requested", seconds(one.requested)}};
    });
    return read ? Json{{"parsed", all}} : in_json(read.error());
}

Json metadata(Recorded& aws) {
    const auto answer = aws.http.answers.front();
    aws.http.answers = {test::FakeHttp::status(200, "session"), test::FakeHttp::status(200, "role"),
                        answer};
    return shown(credentials_of_instance(aws.context, {}),
                 [](const auto& found) { return found ? keys_in(*found) : Json(); });
}

Json done(const Result<void>& result) {
    return result ? Json{{"parsed", true}} : in_json(result.error());
}

Json sent(Client& client) {
    return shown(send_command(client, {.document = "d", .targets = {.ids = {{"i-1"}}}}),
                 [](const CommandId& id) { return Json(id.text); });
}

using Read = Json (*)(Recorded&);

const std::map<std::string, Read> readers{
    {"sts GetCallerIdentity",
     [](Recorded& aws) { return shown(get_caller_arn(aws.client), as_it_is); }},
    {"sts AssumeRole",
     [](Recorded& aws) {
         return shown(assume_role(aws.context, aws.keys.keys, {.arn = "arn"}), keys_in);
     }},
    {"sts AssumeRoleWithWebIdentity",
     [](Recorded& aws) {
         return shown(assume_role_with_web_identity(aws.context, "t", {.arn = "arn"}), keys_in);
     }},
    {"iam ListUserTags",
     [](Recorded& aws) {
         return shown(get_user_tag(aws.client, "alice", aws.record.value("tag", "")), as_it_is);
     }},
    {"ec2 DescribeInstances",
     [](Recorded& aws) {
         return shown(describe_instances(aws.client, {"acme"}, Ec2States::living), instances_in);
     }},
    {"ec2 DescribeSubnets",
     [](Recorded& aws) {
         return shown(get_vpc_of_subnet(aws.client, aws.record.value("id", "")), as_it_is);
     }},
    {"ec2 DescribeSecurityGroups",
     [](Recorded& aws) {
         return shown(get_vpc_of_security_group(aws.client, aws.record.value("id", "")), as_it_is);
     }},
    {"cloudformation DescribeStackResource",
     [](Recorded& aws) { return shown(get_physical_id(aws.client, "s", "r"), as_it_is); }},
    {"elasticbeanstalk DescribeEnvironments",
     [](Recorded& aws) { return shown(describe_all_environments(aws.client), environments_in); }},
    {"ecs DescribeClusters",
     [](Recorded& aws) { return shown(get_cluster_status(aws.client, "c"), as_it_is); }},
    {"ecs DescribeTaskDefinition",
     [](Recorded& aws) { return shown(describe_task_definition(aws.client, "f"), definition_in); }},
    {"ecs RunTask",
     [](Recorded& aws) {
         return shown(run_task(aws.client, {}), [](const TaskArn& arn) { return Json(arn.text); });
     }},
    {"ecs DescribeTasks",
     [](Recorded& aws) {
         return shown(describe_task(aws.client, "c", {"t"}, aws.record.value("container", "")),
                      task_in);
     }},
    {"ecs StopTask", [](Recorded& aws) { return done(stop_task(aws.client, "c", {"t"}, "r")); }},
    {"logs GetLogEvents",
     [](Recorded& aws) {
         return shown(get_log_events(aws.client, "g", "s", ""),
                      [](const LogPage& page) { return Json(page.lines); });
     }},
    {"ssm DescribeInstanceInformation",
     [](Recorded& aws) {
         return shown(describe_managed_instances(aws.client, "t", {"v"}), managed_in);
     }},
    {"ssm SendCommand", [](Recorded& aws) { return sent(aws.client); }},
    {"ssm any", [](Recorded& aws) { return sent(aws.client); }},
    {"ssm ListCommands",
     [](Recorded& aws) { return shown(list_executing_commands(aws.client), commands_in); }},
    {"ssm ListCommandInvocations", [](Recorded& aws) { return invocations(aws.client); }},
    {"ssm CancelCommand", [](Recorded& aws) { return done(cancel_command(aws.client, {"c"})); }},
    {"ssm GetDocument",
     [](Recorded& aws) {
         return shown(get_document(aws.client, "d", latest_version),
                      [](const DocumentText& found) { return Json(found.text); });
     }},
    {"imds SecurityCredentials", metadata},
    {"imds IamInfo", metadata}};

Json read_by_the_client(Recorded& aws, const std::string& service, const std::string& action) {
    const auto found = std::ranges::find_if(
        services::all, [&](const Service* one) { return one->name == service; });
    const Service& known =
        found == services::all.end() ? services::ssm : **found; // of the JSON protocol
    const Operation operation{known, action, ""};
    if (known.protocol == Protocol::query)
        return shown(aws.client.query(operation, {}), [](const Xml&) { return Json(); });
    return shown(aws.client.json(operation, Json::object(),
                                 [](const Json&) -> Result<bool> { return true; }),
                 [](bool) { return Json(); });
}

} // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const Json record = Json::parse(line);
        const std::string service = record.at("service");
        const std::string action = record.at("action");
        Recorded aws(record);
        const auto reader = readers.find(service + " " + action);
        std::cout << (reader != readers.end() ? reader->second(aws)
                                              : read_by_the_client(aws, service, action))
                  << "\n";
    }
}
