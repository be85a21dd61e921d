// A client whose AWS answers every call with the same bytes.
#pragma once

#include "src/aws/client.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

namespace fuzz {

class AnsweringAws : private snow_white::aws::CredentialsProvider {
public:
    AnsweringAws(int status, const std::string& body) {
        http.answers = {test::FakeHttp::status(status, body)};
    }

    FakeClock clock;
    test::FakeHttp http;
    snow_white::aws::Settings settings{.attempts = 1};
    snow_white::aws::Client client{{settings, http, clock, *this}, "eu-west-1"};

private:
    snow_white::aws::Result<snow_white::aws::Credentials> get() override {
        return snow_white::aws::Credentials{.access_key_id = "AK", .secret_access_key = "s"};
    }
    void invalidate() override {}
};

template <class Value> void expect_value_or_message(const snow_white::aws::Result<Value>& result) {
    if (!result) expect(!describe(result.error()).empty(), "an error has words");
}

} // namespace fuzz
