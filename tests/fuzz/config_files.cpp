// ~/.aws/config and ~/.aws/credentials: both get the same bytes. A credential_process is not run:
// its command line comes from the input.
#include "src/aws/config/endpoint.hpp"
#include "src/aws/credentials/chain.hpp"
#include "tests/fuzz/answering_aws.hpp"

#include <algorithm>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

namespace {

using namespace snow_white;
using namespace snow_white::aws;

class MemoryFile {
public:
    explicit MemoryFile(const std::string& text) : descriptor_(memfd_create("fuzz", 0)) {
        if (write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            throw std::runtime_error("no file in memory");
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { close(descriptor_); }
    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

private:
    int descriptor_;
};

bool names_a_program(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text.find("credential_process") != std::string::npos ||
           text.find("sso_") != std::string::npos ||
           text.find("login_session") != std::string::npos;
}

} // namespace

void fuzz::config_files(const std::string& bytes) {
    const MemoryFile file(bytes);
    const Environment environment({{"AWS_CONFIG_FILE", file.path()},
                                   {"AWS_SHARED_CREDENTIALS_FILE", file.path()},
                                   {"AWS_EC2_METADATA_DISABLED", "true"}});
    const auto profiles = read_profiles(environment);
    expect(!names_of(profiles).empty(), "there is a word for no profile, too");
    AnsweringAws aws(200, "<AssumeRoleResponse/>");
    const auto no_terminal = [](const std::string&) -> Result<std::string> {
        return refused("no terminal");
    };
    for (const std::string name : {"default", "p"}) {
        const auto settings = read_settings(environment, name);
        expect(settings.attempts > 0, "a call is made at least once");
        for (const auto* service : services::all)
            expect(!endpoint_of(settings, *service, "eu-west-1").url.empty(),
                   "there is an endpoint");
        if (names_a_program(bytes)) continue;
        CredentialsChain chain(environment, settings, name, aws.http, aws.clock, "eu-west-1",
                               no_terminal);
        const auto keys = chain.get();
        expect_value_or_message(keys);
        if (keys)
            expect(!keys->access_key_id.empty() && !keys->secret_access_key.empty(),
                   "keys are whole");
    }
}
