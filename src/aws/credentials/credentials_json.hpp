// The JSON in which a program, a container's endpoint or an instance's metadata hands out keys:
// {"AccessKeyId": …, "SecretAccessKey": …, "SessionToken" or "Token": …, "Expiration": …}.
// Nothing of what it says gets into an error: it may be a secret. Only Code and Message do, of
// metadata that says that there are no keys.
#pragma once

#include "src/aws/credentials/credentials.hpp"

namespace snow_white::aws {

// `source` begins the error's message.
Result<Credentials> parse_credentials(const std::string& text, const std::string& source);

// What a program prints (credential_process, `aws configure export-credentials`) has a "Version":
// 1, too.
Result<Credentials> parse_process_credentials(const std::string& text, const std::string& source);

} // namespace snow_white::aws
