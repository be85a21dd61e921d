// Credentials for tests: always the same keys.
#pragma once

#include "src/aws/credentials/credentials.hpp"

namespace test {

class FixedCredentials : public snow_white::aws::CredentialsProvider {
public:
    snow_white::aws::Result<snow_white::aws::Credentials> get() override {
        return snow_white::aws::Credentials{.access_key_id = "AKIA", .secret_access_key = "s"};
    }
    void invalidate() override {}
};

} // namespace test
