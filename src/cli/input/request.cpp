#include "src/cli/input/request.hpp"

#include "src/base/printable.hpp"
#include "src/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/ranges.h>
#include <regex>
#include <set>

namespace snow_white::cli {

namespace {

constexpr std::size_t longest_region = 32;
constexpr long longest_duration = 365L * 24 * 3600; // seconds
constexpr long most_at_a_time =
    9'999'999;                           // MaxConcurrency has seven characters (ssm service model)
constexpr std::size_t most_regions = 40; // AWS has fewer in a partition
constexpr std::size_t longest_application = 100; // elasticbeanstalk service model: ApplicationName
constexpr std::size_t longest_reason = 256;      // bytes
// SSM's limit is 128; the rest is for "-StatusSideKiqDocument-" and 13 more.
constexpr std::size_t longest_stack = 90;

constexpr std::array<std::pair<const char*, std::string Stack::*>, 4> stack_documents{
    {{"QUIET_COMMAND_LOGICAL_NAME", &Stack::quiet_document},
     {"WAKE_COMMAND_LOGICAL_NAME", &Stack::wake_document},
     {"STOP_COMMAND_LOGICAL_NAME", &Stack::stop_document},
     {"STATUS_COMMAND_LOGICAL_NAME", &Stack::status_document}}};

// The parts between commas, an empty last one included. None: a part is there twice.
std::optional<std::vector<std::string>> split_unique(const std::string& text) {
    const auto parts = split(text, ',');
    if (std::set(parts.begin(), parts.end()).size() < parts.size()) return std::nullopt;
    return parts;
}

// The count is 0 where the text begins with no number that fits.
std::pair<long, std::string> count_and_unit(const std::string& text) {
    long count = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, count);
    return {count, std::string(parsed.ptr, end)};
}

// The stack gives its name to an ECR repository, and CloudFormation gives it to the stack's
// documents. The template's CfnStackName has the same rule. Sources:
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
// (repositoryName: small letters, digits, and single separators between them),
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html (Name: 3
// to 128 characters; aws, amazon and amzn are reserved as beginnings).
bool can_be_deployed(const std::string& name) {
    return name.size() <= longest_stack &&
           matches(name, "(?!aws|amazon|amzn)[a-z][a-z0-9]*(-[a-z0-9]+)*");
}

// Two purposes have one document, or one has the template's own name of another. A stack with the
// template's names has no others, so whoever starts the task cannot swap them.
bool is_swapped(const Stack& stack) {
    const Stack own;
    for (const auto& [variable, one] : stack_documents)
        for (const auto& [other_variable, other] : stack_documents)
            if (one != other && (stack.*one == stack.*other || stack.*one == own.*other))
                return true;
    return false;
}

const std::vector<std::string> directions{"north",     "south",     "east",
                                          "west",      "central",   "northeast",
                                          "northwest", "southeast", "southwest"};

// "east" of "us-east-1"
std::string direction_of(const std::string& region) {
    const auto parts = split(region, '-');
    return parts.size() < 3 ? "" : parts[parts.size() - 2];
}

// With the hyphens where AWS has them, in small letters, and with one digit: us-east-1 for useast1,
// US_EAST_1, us-east and us-east-11. Empty: that is no region either.
std::string as_region(const std::string& text) {
    std::string letters;
    for (const char letter : lower_case(text))
        if (letter != '-' && letter != '_' && letter != ' ') letters += letter;
    static const std::regex parts(
        fmt::format("([a-z]{{2}})(gov)?({})([0-9]*)", fmt::join(directions, "|")));
    std::smatch found;
    if (letters.size() > longest_region || !std::regex_match(letters, found, parts)) return "";
    const std::string number = found[4].length() == 0 ? "1" : found[4].str().substr(0, 1);
    return fmt::format("{}{}-{}-{}", found[1].str(), found[2].length() == 0 ? "" : "-gov",
                       found[3].str(), number);
}

} // namespace

std::vector<RegionTarget> Request::region_targets() const {
    std::vector<RegionTarget> targets;
    for (const auto& profile : profiles)
        for (const auto& region : regions) {
            const std::string name = profiles.size() == 1  ? (regions.size() == 1 ? "" : region)
                                     : regions.size() == 1 ? profile
                                                           : fmt::format("{}/{}", profile, region);
            targets.push_back({profile, region, name});
        }
    return targets;
}

Request Request::at(const RegionTarget& target) const {
    Request request = *this;
    request.profiles = {target.profile};
    request.regions = {target.region};
    return request;
}

const std::string& Stack::document_of(drain::Action action) const {
    if (action == drain::Action::quiet) return quiet_document;
    return action == drain::Action::wake ? wake_document : stop_document;
}

std::string Stack::document_prefix(drain::Action action) const {
    return fmt::format("{}-{}-", name, document_of(action));
}

std::string deployment_hint(const Stack& stack, const std::string& region) {
    return fmt::format("stack {} is not deployed in {}, or the rights are for another stack; check "
                       "CFN_STACK_NAME",
                       stack.name, region);
}

Parsed<Stack> stack_of(const Environment& environment) {
    Stack stack;
    stack.name = environment.get("CFN_STACK_NAME", stack.name);
    if (!can_be_deployed(stack.name))
        return invalid("CFN_STACK_NAME: no stack can be called \"{}\"; write up to {} small "
                       "letters, digits and single hyphens, a letter first, and not aws, amazon or "
                       "amzn at the beginning, e.g. snow-white",
                       stack.name, longest_stack);
    for (const auto& [variable, document] : stack_documents)
        stack.*document = environment.get(variable, stack.*document);
    if (is_swapped(stack))
        return tl::unexpected(also_to_slack(
            "QUIET_, WAKE_, STOP_ and STATUS_COMMAND_LOGICAL_NAME: one of them names the document "
            "of another; write the four of the stack's template, or unset them"));
    return stack;
}

Parsed<std::chrono::seconds> parse_duration(const std::string& text) {
    const auto [count, unit] = count_and_unit(text);
    const long factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
    if (factor == 0 || count < 1)
        return invalid("\"{}\" is no duration; write 90s, 45m or 6h", text);
    if (count > longest_duration / factor)
        return invalid("\"{}\" is more than a year; write at most {}h", text,
                       longest_duration / 3600);
    return std::chrono::seconds{count * factor};
}

Parsed<std::string> parse_batch(const std::string& text, drain::Action action) {
    if (action != drain::Action::wake)
        return invalid("a {} is sent to all instances at once; only a wake has batches",
                       name_of(action));
    const auto [count, unit] = count_and_unit(text);
    const long most = unit.empty() ? most_at_a_time : unit == "%" ? 100 : 0;
    if (count < 1 || count > most)
        return invalid("\"{}\" is no number of instances; write e.g. 10 or 25%", text);
    return fmt::format("{}{}", count, unit);
}

// us-east-1, us-gov-west-1, eusc-de-east-1: AWS has named each after a direction so far, with one
// digit behind it, so that a misspelt one is found without a list of regions, which would not have
// tomorrow's.
bool is_region(const std::string& text) {
    return text.size() <= longest_region && matches(text, "[a-z]{2,4}(-[a-z]+)+-[0-9]") &&
           std::ranges::find(directions, direction_of(text)) != directions.end();
}

std::string region_hint(const std::string& text, bool takes_several) {
    if (const auto region = as_region(text); !region.empty() && region != text)
        return fmt::format("; did you mean {}?", region);
    const std::string typed = direction_of(text);
    const std::string meant = nearest(typed, directions);
    std::string region = text;
    if (!typed.empty() && !meant.empty())
        region.replace(text.rfind('-') - typed.size(), typed.size(), meant);
    if (!is_region(region))
        return takes_several ? "; write e.g. us-east-1, or several: us-east-1,eu-west-1"
                             : "; write one, e.g. us-east-1";
    return fmt::format("; did you mean {}?", region);
}

bool is_application_name(const std::string& text) {
    return !text.empty() && count_characters(text) <= longest_application &&
           printable(text) == text;
}

Parsed<std::vector<std::string>> parse_regions(const std::string& text, const std::string& where) {
    const auto regions = split_unique(text);
    if (!regions) return invalid("{}: \"{}\" names a region twice; write each once", where, text);
    if (regions->size() > most_regions)
        return invalid("{}: {} regions; write at most {}", where, regions->size(), most_regions);
    const auto wrong = std::ranges::find_if_not(*regions, is_region);
    if (wrong == regions->end()) return *regions;
    return invalid("{}: \"{}\" is no AWS region{}", where, *wrong, region_hint(*wrong, true));
}

Parsed<std::vector<std::string>> parse_profiles(const std::string& text) {
    const auto profiles = split_unique(text);
    if (!profiles) return invalid("-f: \"{}\" names a profile twice; write each once", text);
    if (std::ranges::find(*profiles, "") != profiles->end())
        return invalid("-f: a profile's name is empty; write e.g. staging");
    return *profiles;
}

std::string comma_list(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ","));
}

Parsed<std::string> parse_slack_user(const std::string& text, const std::string& where) {
    // A digit is needed: Slack takes a channel's name in the same place, and a word could be one.
    if (matches(text, "[UW](?=.*[0-9])[A-Z0-9]{8,31}")) return text;
    return invalid("{}: \"{}\" is no Slack user id; write the one of \"Copy member ID\" in your "
                   "Slack profile, e.g. U0ALICE00",
                   where, text);
}

Parsed<std::string> slack_user_of(const Environment& environment) {
    if (!environment.has(slack_user_variable)) return std::string();
    return parse_slack_user(environment.get(slack_user_variable), slack_user_variable);
}

Parsed<std::string> parse_reason(const std::string& text, const std::string& where) {
    if (text.size() <= longest_reason) return printable(text);
    return invalid("{}: {} bytes long; write at most {}, e.g. a ticket's number", where,
                   text.size(), longest_reason);
}

} // namespace snow_white::cli
