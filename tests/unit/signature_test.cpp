// Signatures against those that others made of the same requests: AWS's own examples, and botocore.
#include "src/aws/signature.hpp"

#include <gtest/gtest.h>
#include <set>

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using aws::HttpRequest;

constexpr Instant half_past_noon{std::chrono::sys_days{std::chrono::year{2015} / 8 / 30} + 12h + 36min};

HttpRequest example(const std::string& method) {
    return {.method = method,
            .url = "https://example.amazonaws.com/",
            .signing = aws::Signing{{.access_key_id = "AKIDEXAMPLE",
                                     .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"},
                                    "us-east-1",
                                    "service"}};
}

std::string header(const aws::Headers& headers, const std::string& wanted) {
    for (const auto& [name, value] : headers)
        if (name == wanted) return value;
    return "";
}

std::string signature(const aws::Headers& headers) {
    const std::string all = header(headers, "Authorization");
    return all.substr(all.rfind('=') + 1);
}

// Source: the AWS Signature Version 4 test suite, get-vanilla and post-vanilla.
TEST(Signature, OfAwssOwnExamples) {
    aws::Signer signer;
    const auto got = signer.headers_for(example("GET"), half_past_noon);
    EXPECT_EQ(header(got, "Host"), "example.amazonaws.com");
    EXPECT_EQ(header(got, "X-Amz-Date"), "20150830T123600Z");
    EXPECT_EQ(header(got, "Authorization"),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
              "SignedHeaders=host;x-amz-date, "
              "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    EXPECT_EQ(signature(signer.headers_for(example("POST"), half_past_noon)),
              "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
}

// botocore 1.x signed the same with a session token, to a port and a path: botocore.auth.SigV4Auth.
TEST(Signature, OfACallAsBotocoreSignsIt) {
    const HttpRequest request{.url = "http://127.0.0.1:4566/aws/",
                              .headers = {{"Content-Type", "application/x-amz-json-1.1"},
                                          {"X-Amz-Target", "AmazonSSM.ListCommands"}},
                              .body = R"({"CommandId":"1"})",
                              .signing = aws::Signing{{.access_key_id = "ASIAEXAMPLE",
                                                       .secret_access_key = "secret/key+1",
                                                       .session_token = "a/token=="},
                                                      "eu-central-1",
                                                      "ssm"}};
    constexpr Instant then{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + 14h + 5s + 999ms};
    const auto got = aws::Signer().headers_for(request, then);
    EXPECT_EQ(header(got, "Host"), "127.0.0.1:4566");
    EXPECT_EQ(header(got, "X-Amz-Security-Token"), "a/token==");
    EXPECT_EQ(header(got, "Authorization"),
              "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261125/eu-central-1/ssm/aws4_request, "
              "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
              "Signature=39c963e60dc0248d848b4e15b08b231d87acbba47b3630dd821fa295380da90c");
}

// The key is kept, but not for another day, place, service or secret.
TEST(Signature, NoOldKeySigns) {
    aws::Signer used;
    const auto differs = [&used](const HttpRequest& request, Instant now) {
        const std::string again = signature(used.headers_for(request, now));
        EXPECT_EQ(again, signature(aws::Signer().headers_for(request, now)));
        return again;
    };
    std::set<std::string> seen{differs(example("GET"), half_past_noon),
                               differs(example("GET"), half_past_noon + 24h)};
    for (auto part : {&aws::Signing::region, &aws::Signing::service}) {
        auto request = example("GET");
        (*request.signing).*part = "eu-west-1";
        seen.insert(differs(request, half_past_noon));
    }
    auto request = example("GET");
    request.signing->credentials.secret_access_key = "another";
    seen.insert(differs(request, half_past_noon));
    EXPECT_EQ(seen.size(), 5U);
}

} // namespace
