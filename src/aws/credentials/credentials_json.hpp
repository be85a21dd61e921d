// Reads credentials from the JSON of a program, a container's endpoint or an instance's metadata:
// {"AccessKeyId": …, "SecretAccessKey": …, "SessionToken" or "Token": …, "Expiration": …}. Errors
// quote nothing of the text, which may be a secret, but Code and Message of metadata that says that
// there are no keys.
#pragma once

#include "src/aws/credentials/credentials.hpp"

namespace snow_white::aws {

// `source`: the first words of an error's message.
Result<Credentials> parse_credentials(const std::string& text, const std::string& source);

// For what a program prints (credential_process, `aws configure export-credentials`): it also has
// "Version": 1.
Result<Credentials> parse_process_credentials(const std::string& text, const std::string& source);

} // namespace snow_white::aws
