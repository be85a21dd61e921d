// Who started the run: the task's metadata, the task as ECS describes it, startedBy, ARNs.
#include "src/cli/session/invoker.hpp"
#include "tests/fuzz/answering_aws.hpp"

namespace {

using namespace snow_white;

constexpr std::size_t started_by_limit = 128;

} // namespace

void fuzz::task_metadata(const std::string& bytes) {
    AnsweringAws aws(200, bytes);
    const Environment environment(std::map<std::string, std::string>{
        {"ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x"}});
    const auto origin = cli::origin_of_task(environment, aws.http, aws.client);
    cli::display_name(origin.invoker);
    for (const auto& url : {origin.task_url, origin.log_url})
        expect(url.empty() || (url.starts_with("https://") &&
                               url.find_first_of("<>|\" \n\r") == std::string::npos),
               "a link ends where we end it");
}

void fuzz::names_of_people(const std::string& bytes) {
    for (const auto& invoker : {cli::invoker_of_arn(bytes), cli::from_started_by(bytes)}) {
        cli::display_name(invoker);
        const std::string text = cli::to_started_by(invoker);
        expect(text.size() <= started_by_limit, "startedBy is short enough for ECS");
        expect(text.find_first_not_of(
                   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/_") ==
                   std::string::npos,
               "startedBy has only what ECS takes");
        if (text.size() == started_by_limit) continue; // it may have been cut off at the limit
        const auto back = cli::from_started_by(text);
        expect(back.user == invoker.user, "a user's name comes back");
        if (invoker.user.empty() && !invoker.role.empty())
            expect(back.role == invoker.role && back.session == invoker.session,
                   "a role comes back");
    }
}
