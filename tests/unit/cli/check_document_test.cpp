// What --dry-run reports about the document that a run would send.
#include "src/aws/credentials/chain.hpp"
#include "src/cli/preflight/check_document.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"
#include "tests/unit/read_and_close.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace check_document_test {

namespace {

using namespace snow_white;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class CheckDocument : public testing::Test {
protected:
    // The document has these latest and default versions, and runs that script.
    std::string check(const std::string& latest, const std::string& by_default,
                      const std::string& script = carried) {
        const auto answer = [&](const std::string& version) {
            const std::string text =
                from + script + R"(; echo "$sha256  snow-white-instance.sh" | sha256sum -c)";
            return test::FakeHttp::status(
                200, nlohmann::json{{"Content", text}, {"DocumentVersion", version}}.dump());
        };
        http.answers = {answer(latest), answer(by_default)};
        aws::Client client({settings, http, clock, credentials}, "eu-west-1");
        std::FILE* out = std::tmpfile();
        cli::Context outside{environment, http, clock, out, out};
        cli::Findings findings(outside);
        cli::Request request;
        request.profiles = {"staging"};
        cli::check_document(client, "Stack-Quiet-1", request, findings);
        return test::read_and_close(out);
    }

    static inline const std::string carried =
        cli::script_of_this_checkout(cli::PinnedScript::Source::document);
    static inline const std::string file =
        cli::script_of_this_checkout(cli::PinnedScript::Source::s3);

    std::string from = "sha256=";
    FakeClock clock;
    test::FakeHttp http;
    Environment environment{{{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}};
    aws::Settings settings = aws::read_settings(environment, "");
    aws::CredentialsChain credentials{environment, settings, "", http, clock};
};

TEST_F(CheckDocument, TheLatestVersionIsChecked) {
    EXPECT_THAT(check("3", "3"), HasSubstr("this checkout's"));
    ASSERT_THAT(http.requests, SizeIs(2));
    EXPECT_THAT(http.requests[0].body, HasSubstr("$LATEST"));
    EXPECT_THAT(http.requests[1].body, HasSubstr("$DEFAULT"));
    EXPECT_THAT(check("3", "3"), Not(HasSubstr("warning")));
}

TEST_F(CheckDocument, AnOlderDefaultVersionIsAWarning) {
    EXPECT_THAT(check("4", "3"),
                HasSubstr("a run sends its latest version, 4; the default one, which the "
                          "console and the older tool send, is 3: aws ssm "
                          "update-document-default-version --name Stack-Quiet-1 "
                          "--document-version 4 --region eu-west-1 --profile staging"));
}

TEST_F(CheckDocument, AnotherScriptIsAProblem) {
    EXPECT_THAT(
        check("4", "4", std::string(64, 'b')),
        HasSubstr("update the stack from this checkout: aws cloudformation deploy --template-file "
                  "cfn/snow-white-cfn.yml --stack-name snow-white --region eu-west-1 --profile "
                  "staging --capabilities CAPABILITY_NAMED_IAM;"));
}

TEST_F(CheckDocument, ItSaysWhereTheScriptIs) {
    EXPECT_THAT(check("1", "1"),
                HasSubstr(carried.substr(0, 8) + " in the document itself, this checkout's"));
    from = "aws:downloadContent sha256=";
    EXPECT_THAT(check("1", "1", file), HasSubstr(file.substr(0, 8) + " in S3, this checkout's"));
    from = "aws:downloadContent commitID:" + std::string(40, 'c') + " sha256=";
    EXPECT_THAT(check("1", "1", file),
                HasSubstr(file.substr(0, 8) + " on GitHub, commit cccccccc, this checkout's"));
}

// The script in a document and the script in a file have different hashes: each is wrong in the
// other's place.
TEST_F(CheckDocument, TheHashOfACarriedScriptIsNotThatOfTheFile) {
    EXPECT_NE(carried, file);
    EXPECT_THAT(check("1", "1", file), HasSubstr("update the stack"));
    from = "aws:downloadContent sha256=";
    EXPECT_THAT(check("1", "1", carried), HasSubstr("update the stack"));
}

} // namespace

} // namespace check_document_test
