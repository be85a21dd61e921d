// Which environments a pattern matches, and how it is printed and typed.
#include "src/fleet/model/name_filter.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace name_filter_test {

namespace {

using namespace snow_white;
using fleet::Match;
using fleet::NameFilter;

NameFilter pattern(Match match, std::vector<std::string> any_of,
                   std::vector<std::string> none_of = {}) {
    NameFilter made;
    made.include = std::move(any_of);
    made.exclude = std::move(none_of);
    made.match = match;
    return made;
}

struct Case {
    NameFilter pattern;
    std::vector<std::string> taken; // of `names`
};

const std::vector<std::string> names{"acme-web", "acme-workers", "acme-workers-eu", "acme-mailers"};

class NameFilterTest : public testing::TestWithParam<Case> {};

std::vector<std::string> matched_by(const NameFilter& asked) {
    std::vector<std::string> taken;
    std::ranges::copy_if(names, std::back_inserter(taken),
                         [&](const auto& name) { return asked.matches(name); });
    return taken;
}

TEST_P(NameFilterTest, MatchesTheseNames) {
    EXPECT_EQ(matched_by(GetParam().pattern), GetParam().taken);
}

TEST_P(NameFilterTest, HasWildcardsThatMissNone) {
    NameFilter wildcards = pattern(Match::glob, ec2_wildcards(GetParam().pattern));
    for (const auto& name : GetParam().taken)
        EXPECT_TRUE(wildcards.matches(name)) << name;
}

INSTANTIATE_TEST_SUITE_P(
    All, NameFilterTest,
    testing::Values(
        Case{"workers", {"acme-workers", "acme-workers-eu"}}, Case{"Workers", {}},
        Case{pattern(Match::contains, {"workers", "mail"}, {"eu"}),
             {"acme-workers", "acme-mailers"}},
        Case{pattern(Match::contains, {"*workers"}), {}},
        Case{pattern(Match::exact, {"acme-workers"}), {"acme-workers"}},
        Case{pattern(Match::exact, {"workers"}), {}},
        Case{pattern(Match::glob, {"*workers"}), {"acme-workers"}},
        Case{pattern(Match::glob, {"acme-w[m-p]*"}), {"acme-workers", "acme-workers-eu"}},
        Case{pattern(Match::glob, {"acme-w[!o]?"}), {"acme-web"}},
        Case{pattern(Match::glob, {"*"}, {"*-eu", "*-web"}), {"acme-workers", "acme-mailers"}},
        Case{pattern(Match::contains, {"acme"}, {"acme"}), {}}));

TEST(PatternText, IsReadableAndCanBeTyped) {
    EXPECT_EQ(report::in_brief("workers"), "workers");
    EXPECT_EQ(report::options_for("it's"), "-e 'it'\\''s'");
    const auto globs = pattern(Match::glob, {"a-*", "b"}, {"a-[x]"});
    EXPECT_EQ(report::options_for(globs), "-e 'a-*' -e b --exclude 'a-[x]' --match glob");
    EXPECT_EQ(report::in_brief(globs), report::options_for(globs));
    EXPECT_EQ(report::in_words(globs), R"(named like "a-*" or "b", but not "a-[x]")");
    EXPECT_EQ(report::in_words("workers"), R"(with "workers" in the name)");
}

} // namespace

} // namespace name_filter_test
