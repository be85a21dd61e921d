#include "src/cli/input/environment_filter.hpp"

#include "src/base/text.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace snow_white::cli {

namespace {

constexpr std::size_t most_patterns = 100; // -e and --exclude together

} // namespace

Parsed<fleet::NameFilter> make_name_filter(std::vector<std::string> include,
                                           std::vector<std::string> exclude,
                                           const std::string& match) {
    if (include.empty() || std::ranges::find(include, "") != include.end())
        return invalid(
            "-e: an empty pattern would match every environment; write a part of their names");
    if (std::ranges::find(exclude, "") != exclude.end())
        return invalid("--exclude: an empty pattern would leave out every environment; write a "
                       "part of their names");
    if (const std::size_t count = include.size() + exclude.size(); count > most_patterns)
        return invalid("-e and --exclude: {} patterns; write at most {}, or use --match glob",
                       count, most_patterns);
    const auto parsed = report::parse_match(match);
    if (!parsed)
        return invalid("--match: \"{}\" is no way to match; {}", match,
                       suggestion(match, ways_to_match, "write contains, exact or glob"));
    fleet::NameFilter filter;
    filter.include = std::move(include);
    filter.exclude = std::move(exclude);
    filter.match = *parsed;
    return filter;
}

std::optional<fleet::NameFilter> parse_selection(const std::string& text) {
    try {
        const auto json = nlohmann::json::parse(text);
        const auto filter = make_name_filter(json.at("any_of").get<std::vector<std::string>>(),
                                             json.at("none_of").get<std::vector<std::string>>(),
                                             json.at("match").get<std::string>());
        return filter ? std::optional(*filter) : std::nullopt;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

VariableList variables_of(const fleet::NameFilter& filter) {
    // An older image, which does not know the selection, finds nothing then: no name has a space.
    VariableList variables{{pattern_variable, report::in_brief(filter)}};
    if (filter.is_one_part()) return variables;
    const nlohmann::json selection{{"match", report::name_of(filter.match)},
                                   {"any_of", filter.include},
                                   {"none_of", filter.exclude}};
    variables.emplace_back(
        selection_variable,
        selection.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return variables;
}

Parsed<fleet::NameFilter> name_filter_of(const Environment& environment) {
    const fleet::NameFilter one_part = environment.get(pattern_variable, "workers");
    const fleet::NameFilter filter =
        parse_selection(environment.get(selection_variable)).value_or(one_part);
    // --cancel finds a task by both variables, so that they have to say the same.
    if (!environment.has(selection_variable) ||
        environment.get(pattern_variable) == report::in_brief(filter))
        return filter;
    return tl::unexpected(
        also_to_slack("{} and {} contradict each other; start the task with snow-white",
                      selection_variable, pattern_variable));
}

} // namespace snow_white::cli
