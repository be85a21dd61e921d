// Which script a document's text pins, in every spelling that SSM may return.
#include "src/cli/preflight/check_document.hpp"

#include <gtest/gtest.h>

namespace script_pin_test {

namespace {

using namespace snow_white::cli;

const std::string hash(64, 'b');
const std::string commit(40, 'c');

TEST(ScriptPin, IsReadInJsonAndInYaml) {
    const std::string json =
        R"({"mainSteps":[{"inputs":{"sourceInfo":"{\"getOptions\":\"commitID:)" + commit +
        R"(\"}"}},{"inputs":{"runCommand":["echo ')" + hash +
        "  snow-white-instance.sh' | sha256sum -c\"]}}]}";
    const std::string yaml = "sourceInfo: '{\"getOptions\":\"commitID:" + commit +
                             "\"}'\nrunCommand:\n- echo '" + hash +
                             "  snow-white-instance.sh' | sha256sum -c\n";
    for (const auto& text : {json, yaml}) {
        EXPECT_EQ(pinned_script(text).sha256, hash);
        EXPECT_EQ(pinned_script(text).commit, commit);
    }
}

TEST(ScriptPin, IsEmptyWithoutACheck) {
    EXPECT_EQ(pinned_script("{}").sha256, "");
    EXPECT_EQ(pinned_script("echo " + hash + "  other.sh").sha256, "");
}

TEST(ScriptPin, OfACarriedScriptNamesNoCommit) {
    const auto script = pinned_script(
        "sha256=" + hash + "; cd -- x\necho \"$sha256  snow-white-instance.sh\" | sha256sum -c");
    EXPECT_EQ(script.sha256, hash);
    EXPECT_EQ(script.source, PinnedScript::Source::document);
    EXPECT_EQ(pinned_script("sha256=" + hash + "; sh ./snow-white-instance.sh").sha256, "")
        << "not checked";
}

TEST(ScriptPin, OfThisCheckoutIsAHash) {
    EXPECT_EQ(script_of_this_checkout(PinnedScript::Source::document).size(), 64U);
    EXPECT_EQ(script_of_this_checkout(PinnedScript::Source::github).size(), 64U);
}

} // namespace

} // namespace script_pin_test
