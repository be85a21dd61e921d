// The credentials that a credential_process, a container's endpoint or an instance's metadata
// returns.
#include "src/aws/credentials/credentials_json.hpp"
#include "src/aws/credentials/sources.hpp"
#include "tests/fuzz/answering_aws.hpp"

namespace {

using namespace snow_white;
using namespace snow_white::aws;

constexpr std::size_t longest_error = 120; // of an error that quotes nothing of the document
// of an error that quotes AWS's reason for returning no credentials
constexpr std::size_t longest_reason = 320;

void hold(const Result<Credentials>& keys) {
    if (keys)
        fuzz::expect(!keys->access_key_id.empty() && !keys->secret_access_key.empty(),
                     "keys are whole");
    else {
        const std::string& message = keys.error().message;
        const bool is_reason = message.find(" has no keys: ") != std::string::npos;
        fuzz::expect(message.size() < (is_reason ? longest_reason : longest_error),
                     "an error tells nothing of the document");
    }
}

void hold(const OptionalCredentials& found) {
    if (!found)
        hold(Result<Credentials>(tl::unexpected(found.error())));
    else if (*found)
        hold(Result<Credentials>(**found));
}

} // namespace

void fuzz::credential_documents(const std::string& bytes) {
    hold(parse_credentials(bytes, "it"));
    hold(parse_process_credentials(bytes, "it"));
    AnsweringAws aws(200, bytes);
    const Environment environment({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/keys"}});
    const CredentialsContext context{environment, aws.settings, aws.http,
                                     aws.clock,   {},           "eu-west-1"};
    hold(credentials_of_container(context));
    hold(credentials_of_instance(context, {}));
}
