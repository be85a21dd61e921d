// What the sandbox's actions accept, as it is embedded in the binary.
#include "sandbox/wire/action_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <stdexcept>

namespace shapes_test {

namespace {

using sandbox::Shape;
using testing::HasSubstr;

void collect_patterns(const Shape& shape, std::vector<std::string>& patterns) {
    if (!shape.pattern.empty()) patterns.push_back(shape.pattern);
    for (const sandbox::Member& member : shape.members)
        collect_patterns(member.shape, patterns);
    for (const Shape* const inner : {shape.element.get(), shape.key.get()})
        if (inner != nullptr) collect_patterns(*inner, patterns);
}

// The models' patterns are Java's.
TEST(SandboxShapes, EachPatternIsOneThatStdRegexReads) {
    std::vector<std::string> patterns;
    for (const auto& [service, actions] : sandbox::request_shapes().items())
        for (const auto& [action, described] : actions.items())
            collect_patterns(sandbox::parse_shape(described), patterns);
    EXPECT_GT(patterns.size(), 20U);
    for (const std::string& pattern : patterns)
        EXPECT_NO_THROW(std::regex{pattern}) << pattern;
}

TEST(SandboxShapes, AnActionWithoutAShapeIsRefused) {
    sandbox::ActionTable table;
    const auto handler = [](const sandbox::Call&) { return sandbox::Json(); };
    EXPECT_NO_THROW(table.add("ssm", "SendCommand", handler));
    for (const char* const service : {"ssm", "nosuch"}) {
        try {
            table.add(service, "NoSuchAction", handler);
            ADD_FAILURE() << "wanted std::logic_error";
        } catch (const std::logic_error& error) {
            EXPECT_THAT(error.what(), HasSubstr("scripts/request-shapes"));
        }
    }
}

} // namespace

} // namespace shapes_test
