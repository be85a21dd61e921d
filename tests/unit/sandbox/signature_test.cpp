// The server's side of SigV4, compared with AWS's own published example: "Authenticating requests"
// of the IAM user guide (GET ListUsers of 2015-08-30, whose secret key and signature are printed
// there).
#include "sandbox/wire/signature.hpp"
#include "sandbox/wire/time_format.hpp"

#include <gtest/gtest.h>

namespace signature_test {

namespace {

using namespace sandbox;

class Signature : public testing::Test {
protected:
    Signature() {
        request.method = "GET";
        request.query = "Action=ListUsers&Version=2010-05-08";
        request.headers.emplace("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        request.headers.emplace("Host", "iam.amazonaws.com");
        request.headers.emplace("X-Amz-Date", "20150830T123600Z");
        said = parse_authorization(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    }

    std::string expected() const {
        return signature_of(request, said, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    }

    HttpRequest request;
    Authorization said;
};

TEST_F(Signature, equals_the_published_one) {
    EXPECT_EQ(expected(), said.signature);
}

TEST_F(Signature, covers_the_headers_the_query_and_the_body) {
    HttpRequest original = request;
    request.headers.find("Host")->second = "sts.amazonaws.com";
    EXPECT_NE(expected(), said.signature);
    request = original;
    request.query = "Action=ListUser&Version=2010-05-08";
    EXPECT_NE(expected(), said.signature);
    request = original;
    request.body = "x";
    EXPECT_NE(expected(), said.signature);
}

TEST_F(Signature, a_header_that_is_none_has_no_parts) {
    EXPECT_TRUE(parse_authorization("Bearer x").access_key.empty());
    EXPECT_TRUE(parse_authorization("AWS4-HMAC-SHA256 Credential=only/two").access_key.empty());
}

TEST(TimeFormat, takes_back_what_it_writes) {
    const auto time = parse_basic_time("20260102T030405Z");
    ASSERT_TRUE(time);
    EXPECT_EQ(basic_time(*time), "20260102T030405Z");
    EXPECT_EQ(iso_time(*time), "2026-01-02T03:04:05.000Z");
    EXPECT_FALSE(parse_basic_time("2026-01-02T03:04"));
    EXPECT_FALSE(parse_basic_time("20260231T030405Z"));
}

} // namespace

} // namespace signature_test
