#include "src/cli/input/request.hpp"

#include "src/base/printable.hpp"
#include "src/cli/input/values.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <regex>
#include <set>

namespace snow_white::cli {

namespace {

constexpr std::size_t longest_region = 32;
constexpr std::size_t shortest_slack_user = 9;
constexpr std::size_t longest_slack_user = 32;
constexpr int most_at_a_time = 9'999'999; // MaxConcurrency has seven characters (ssm service model)
constexpr std::size_t most_regions = 40;  // AWS has fewer in a partition
constexpr std::size_t longest_application = 100; // elasticbeanstalk service model: ApplicationName
constexpr std::size_t longest_reason = 256;

// The parts between commas, an empty one at the end, too. None: one of them stands there twice.
std::optional<std::vector<std::string>> listed(const std::string& text) {
    const auto parts = split(text, ',');
    if (std::set(parts.begin(), parts.end()).size() < parts.size()) return std::nullopt;
    return parts;
}

} // namespace

std::vector<RegionTarget> Request::region_targets() const {
    std::vector<RegionTarget> places;
    for (const auto& profile : profiles)
        for (const auto& region : regions) {
            const std::string name = profiles.size() == 1  ? (regions.size() == 1 ? "" : region)
                                     : regions.size() == 1 ? profile
                                                           : fmt::format("{}/{}", profile, region);
            places.push_back({profile, region, name});
        }
    return places;
}

Request Request::at(const RegionTarget& place) const {
    Request there = *this;
    there.profiles = {place.profile};
    there.regions = {place.region};
    return there;
}

const std::string& Stack::document_of(drain::Action action) const {
    switch (action) {
    case drain::Action::quiet:
        return quiet_document;
    case drain::Action::wake:
        return wake_document;
    case drain::Action::stop:
        break;
    }
    return stop_document;
}

std::string Stack::document_prefix(drain::Action action) const {
    return fmt::format("{}-{}-", name, document_of(action));
}

std::string deployment_hint(const Stack& stack, const std::string& region) {
    return fmt::format("is stack {} deployed in {} (cfn/snow-white-cfn.yml, CFN_STACK_NAME)?",
                       stack.name, region);
}

namespace {

constexpr std::size_t longest_stack =
    90; // so that SSM's 128 have room for "-StatusSideKiqDocument-" and 13 more

bool is_small_or_digit(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

// The stack names a repository of ECR's after itself, and CloudFormation its documents. Sources:
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
// (repositoryName: small letters, digits, and single separators between them),
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html (Name: 3
// to 128 characters; aws, amazon and amzn are reserved as beginnings). The template's CfnStackName
// has the same rule.
bool can_be_deployed(const std::string& name) {
    for (const char* const reserved : {"aws", "amazon", "amzn"})
        if (name.starts_with(reserved)) return false;
    return !name.empty() && name.size() <= longest_stack && name.front() >= 'a' &&
           name.front() <= 'z' && name.back() != '-' && name.find("--") == std::string::npos &&
           std::ranges::all_of(name,
                               [](char byte) { return byte == '-' || is_small_or_digit(byte); });
}

// Two purposes have one document; or one has the template's own name of another: a stack with the
// template's names has no others, so that whoever starts the task cannot swap them.
bool is_swapped(const Stack& stack) {
    constexpr std::array documents{&Stack::quiet_document, &Stack::wake_document,
                                   &Stack::stop_document, &Stack::status_document};
    const Stack own;
    for (const auto one : documents)
        for (const auto other : documents)
            if (one != other && (stack.*one == stack.*other || stack.*one == own.*other))
                return true;
    return false;
}

} // namespace

Parsed<Stack> stack_of(const Environment& environment) {
    const Stack defaults;
    const std::string name = environment.get("CFN_STACK_NAME", defaults.name);
    if (!can_be_deployed(name))
        return tl::unexpected(
            UsageError{fmt::format("CFN_STACK_NAME: no stack can be called \"{}\"; write up to {} "
                                   "small letters, digits and single "
                                   "hyphens, a letter first, and not aws, amazon or amzn at the "
                                   "beginning, e.g. snow-white",
                                   name, longest_stack)});
    const Stack stack{
        .name = name,
        .quiet_document = environment.get("QUIET_COMMAND_LOGICAL_NAME", defaults.quiet_document),
        .wake_document = environment.get("WAKE_COMMAND_LOGICAL_NAME", defaults.wake_document),
        .stop_document = environment.get("STOP_COMMAND_LOGICAL_NAME", defaults.stop_document),
        .status_document =
            environment.get("STATUS_COMMAND_LOGICAL_NAME", defaults.status_document)};
    const std::string words =
        "QUIET_, WAKE_, STOP_ and STATUS_COMMAND_LOGICAL_NAME: one of them names the document of "
        "another; write the four of the stack's template, or unset them";
    if (is_swapped(stack)) return tl::unexpected(UsageError{words, false, words});
    return stack;
}

Parsed<std::chrono::seconds> parse_duration(const std::string& text) {
    long count = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string unit(parsed.ptr, text.data() + text.size());
    const long factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
    if (parsed.ec != std::errc{} || factor == 0 || count < 1 || count > 31'536'000 / factor)
        return tl::unexpected(
            UsageError{fmt::format("\"{}\" is no duration; write 90s, 45m or 6h", text)});
    return std::chrono::seconds{count * factor};
}

Parsed<std::string> parse_batch(const std::string& text, drain::Action action) {
    if (action != drain::Action::wake)
        return tl::unexpected(UsageError{fmt::format(
            "{} tells all instances at once; only wake is done in batches", name_of(action))});
    int count = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string unit(parsed.ptr, text.data() + text.size());
    const int most = unit.empty() ? most_at_a_time : unit == "%" ? 100 : 0;
    if (parsed.ec != std::errc{} || count < 1 || count > most)
        return tl::unexpected(UsageError{
            fmt::format("\"{}\" is no number of instances; write e.g. 10 or 25%", text)});
    return fmt::format("{}{}", count, unit);
}

std::optional<fleet::Match> parse_match(const std::string& text) {
    for (const auto match : {fleet::Match::contains, fleet::Match::exact, fleet::Match::glob})
        if (text == report::name_of(match)) return match;
    return std::nullopt;
}

bool is_region(const std::string& text) {
    if (text.size() > longest_region)
        return false; // std::regex goes down by recursion, a letter a step
    static const std::regex shape(
        "[a-z]{2,4}(-[a-z]+)+-[0-9]+"); // us-east-1, us-gov-west-1, eusc-de-east-1
    return std::regex_match(text, shape);
}

bool is_application_name(const std::string& text) {
    return !text.empty() && count_characters(text) <= longest_application &&
           printable(text) == text;
}

Parsed<std::vector<std::string>> parse_regions(const std::string& text, const std::string& where) {
    const auto regions = listed(text);
    if (!regions)
        return tl::unexpected(UsageError{
            fmt::format("{}: \"{}\" names a region twice; write each once", where, text)});
    if (regions->size() > most_regions)
        return tl::unexpected(UsageError{
            fmt::format("{}: {} regions; write at most {}", where, regions->size(), most_regions)});
    for (const auto& region : *regions)
        if (!is_region(region))
            return tl::unexpected(
                UsageError{fmt::format("{}: \"{}\" is no AWS region; write e.g. us-east-1, or "
                                       "several: us-east-1,eu-west-1",
                                       where, region)});
    return *regions;
}

Parsed<std::vector<std::string>> parse_profiles(const std::string& text) {
    const auto profiles = listed(text);
    if (!profiles)
        return tl::unexpected(
            UsageError{fmt::format("-f: \"{}\" names a profile twice; write each once", text)});
    if (std::ranges::find(*profiles, "") != profiles->end())
        return tl::unexpected(UsageError{"-f: a profile's name is empty; write e.g. staging"});
    return *profiles;
}

std::string in_a_list(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ","));
}

Parsed<std::string> parse_slack_user(const std::string& text, const std::string& where) {
    const bool begins = text.starts_with('U') || text.starts_with('W');
    const auto is_digit = [](unsigned char byte) { return std::isdigit(byte) != 0; };
    const bool plain = std::ranges::all_of(
        text, [&](unsigned char byte) { return is_digit(byte) || std::isupper(byte) != 0; });
    // Slack takes a channel's name in the same place: a word is none.
    if (begins && plain && std::ranges::any_of(text, is_digit) &&
        text.size() >= shortest_slack_user && text.size() <= longest_slack_user)
        return text;
    return tl::unexpected(
        UsageError{fmt::format("{}: \"{}\" is no Slack user id; write the one of \"Copy "
                               "member ID\" in your Slack profile, e.g. U0ALICE00",
                               where, text)});
}

Parsed<std::string> parse_reason(const std::string& text, const std::string& where) {
    if (text.size() <= longest_reason) return printable(text);
    return tl::unexpected(
        UsageError{fmt::format("{}: {} bytes long; write at most {}, e.g. a ticket's number", where,
                               text.size(), longest_reason)});
}

Parsed<std::string> slack_user_of(const Environment& environment) {
    if (!environment.has(slack_user_variable)) return std::string();
    return parse_slack_user(environment.get(slack_user_variable), slack_user_variable);
}

} // namespace snow_white::cli
