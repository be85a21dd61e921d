#include "src/report/text/pattern_text.hpp"

#include "src/base/enum_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

namespace {

constexpr EnumName<fleet::Match> match_names[] = {{fleet::Match::contains, "contains"},
                                                  {fleet::Match::exact, "exact"},
                                                  {fleet::Match::glob, "glob"}};
static_assert(has_all_enumerators(match_names));

std::string quoted_list(const std::vector<std::string>& names) {
    return fmt::format("\"{}\"", fmt::join(names, "\" or \""));
}

} // namespace

std::string within_quotes(std::string_view text) {
    std::string safe;
    for (const char byte : text)
        safe += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
    return safe;
}

std::string shell_word(const std::string& word) {
    static const std::string plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,%-";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    return "'" + within_quotes(word) + "'";
}

std::string_view name_of(fleet::Match match) {
    return name_of(match_names, match);
}

std::optional<fleet::Match> parse_match(std::string_view name) {
    return parse(match_names, name);
}

std::string options_for(const fleet::NameFilter& pattern) {
    std::vector<std::string> words;
    for (const auto& one : pattern.include)
        words.push_back("-e " + shell_word(one));
    for (const auto& one : pattern.exclude)
        words.push_back("--exclude " + shell_word(one));
    if (pattern.match != fleet::Match::contains)
        words.push_back(fmt::format("--match {}", name_of(pattern.match)));
    return fmt::format("{}", fmt::join(words, " "));
}

std::string in_brief(const fleet::NameFilter& pattern) {
    return pattern.is_one_part() ? pattern.include.front() : options_for(pattern);
}

std::string in_words(const fleet::NameFilter& pattern) {
    const std::string asked = quoted_list(pattern.include);
    const std::string which = pattern.match == fleet::Match::contains
                                  ? fmt::format("with {} in the name", asked)
                              : pattern.match == fleet::Match::exact ? "named " + asked
                                                                     : "named like " + asked;
    return pattern.exclude.empty() ? which : which + ", but not " + quoted_list(pattern.exclude);
}

} // namespace snow_white::report
