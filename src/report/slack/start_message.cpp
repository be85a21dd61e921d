#include "src/report/slack/start_message.hpp"

#include "src/base/enum_names.hpp"
#include "src/base/pluralize.hpp"
#include "src/report/slack/mrkdwn.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

namespace {

using drain::Action;

constexpr std::size_t most_names = 10; // of environments

constexpr EnumName<Action> effects[] = {
    {Action::quiet, "Workers finish what they run and take no new job. The answer comes here when "
                    "the last one is done."},
    {Action::wake, "Workers are restarted and take jobs again; one that still runs a job is left "
                   "alone. The answer comes here."},
    {Action::stop, "Workers finish what they run, then the service ends and stays down until a "
                   "wake. The answer comes here when the last one is done."}};
static_assert(has_all_enumerators(effects));

std::string known(const std::string& name) {
    return name.empty() ? "unknown" : name;
}

// Of all environments, where they are known: one command is for fifty, in one region.
std::vector<std::string> names_of(const drain::CommandStarted& started,
                                  const drain::FleetDiscovered& matched) {
    auto names = fleet::names_of(matched.environments);
    return names.empty() ? started.spec.environments : names;
}

std::string recipient(const drain::CommandStarted& started, const drain::FleetDiscovered& matched) {
    const auto names = names_of(started, matched);
    if (names.empty()) return pluralize(started.spec.instances.size(), "instance");
    std::string text =
        fmt::format("environment{} {}", names.size() == 1 ? "" : "s", fmt::join(names, ", "));
    if (matched.instances) text += fmt::format(" ({})", pluralize(*matched.instances, "instance"));
    return text;
}

std::string list_of(const std::vector<std::string>& names, const RunInfo& run_info) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i)
        text += (i == 0 ? "" : "\n") + in_code(names[i], longest_name);
    if (names.size() > most_names)
        text += fmt::format("\n… and {} more: {}", names.size() - most_names, see_log(run_info));
    return text;
}

} // namespace

std::string capitalized(std::string_view words) {
    std::string text(words);
    if (!text.empty())
        text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    return text;
}

std::string about(const RunInfo& run_info) {
    std::string line =
        fmt::format("{} of {} · environments with {} · {} · by {}", name_of(run_info.action),
                    in_code(run_info.application, 100), in_code(in_brief(run_info.pattern), 100),
                    in_code(run_info.region, 40), in_code(known(run_info.invoker), 100));
    if (!run_info.reason.empty()) line += " · why: " + in_code(run_info.reason);
    return line + links(run_info);
}

std::string links(const RunInfo& run_info) {
    std::string text;
    if (!run_info.log_url.empty()) text += " · " + link_to(run_info.log_url, "log");
    if (!run_info.task_url.empty()) text += " · " + link_to(run_info.task_url, "task");
    return text;
}

std::string see_log(const RunInfo& run_info) {
    return "see the " + (run_info.log_url.empty() ? "log" : link_to(run_info.log_url, "log"));
}

std::string start_title(Action action, bool adopted) {
    return fmt::format("{} {}", capitalized(name_of(action)), adopted ? "joined" : "started");
}

std::string_view what_happens(Action action, bool adopted) {
    if (adopted)
        return "The command was in flight already. This run follows it and has sent nothing.";
    return name_of(effects, action);
}

Json start_fields(const RunProgress& run, const RunInfo& run_info) {
    const auto names = names_of(run.started, run.matched);
    std::string where = in_code(run_info.application, 100) + " in " + in_code(run_info.region, 40);
    if (run.matched.instances) where += "\n" + pluralize(*run.matched.instances, "instance");
    std::vector<std::pair<std::string, std::string>> pairs{
        {"Who", in_code(known(run_info.invoker))}, {"Where", where}};
    if (names.empty())
        pairs.emplace_back("What", pluralize(run.started.spec.instances.size(), "instance"));
    else
        pairs.emplace_back(names.size() == 1 ? "Environment"
                                             : fmt::format("{} environments", names.size()),
                           list_of(names, run_info));
    if (run_info.deadline) pairs.emplace_back("Waits until", local_time(*run_info.deadline));
    if (!run_info.reason.empty()) pairs.emplace_back("Why", in_code(run_info.reason, 400));
    return fields(pairs);
}

Message start_message(const drain::CommandStarted& started, const drain::FleetDiscovered& matched,
                      const RunInfo& run_info) {
    std::string text =
        fmt::format("⏳ {} {} by {}: {} of {} in {}.", name_of(run_info.action),
                    started.adopted ? "joined" : "started", escaped(known(run_info.invoker), 200),
                    escaped(recipient(started, matched), longest_sentence),
                    escaped(run_info.application, 200), escaped(run_info.region, 100));
    if (run_info.deadline) text += " Waits until " + utc_time(*run_info.deadline) + ".";
    if (!run_info.reason.empty()) text += " Why: " + escaped(run_info.reason, 400);
    return {text, Json::array({header("⏳ " + start_title(run_info.action, started.adopted)),
                               start_fields({.matched = matched, .started = started}, run_info),
                               context(std::string(what_happens(run_info.action, started.adopted)) +
                                       links(run_info))})};
}

Message note_message(const std::string& note, const RunInfo& run_info) {
    return {"⚠️ " + escaped(note, longest_sentence),
            Json::array({plain_section("⚠️ " + capitalized(note), longest_sentence),
                         context(about(run_info))})};
}

} // namespace snow_white::report
