#include "sandbox/server/client_files.hpp"
#include "sandbox/wire/digest.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace sandbox {

namespace {

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string keys(const std::string& profile, const Credential& credential) {
    return fmt::format("[{}]\naws_access_key_id = {}\naws_secret_access_key = {}\n\n", profile,
                       credential.access_key, credential.secret);
}

} // namespace

PrivateDirectory::PrivateDirectory() {
    std::string name =
        (std::filesystem::temp_directory_path() / "snow-white-sandbox-XXXXXX").string();
    if (!mkdtemp(name.data()))
        throw std::runtime_error(
            fmt::format("cannot make a directory like {}: {}", name, std::strerror(errno)));
    path_ = name;
}

PrivateDirectory::~PrivateDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void write_client_files(const std::filesystem::path& directory, const Sandbox& sandbox,
                        const std::string& region) {
    std::string config = fmt::format("[default]\nregion = {}\n\n", region);
    for (const char* const profile : {"staging", "production", "bob"})
        config += fmt::format("[profile {}]\nregion = {}\n\n", profile, region);
    // The AWS CLI keeps the sessions of a role in its cache: a name of its own keeps those of
    // another sandbox out.
    config += fmt::format("[profile deploy]\nregion = {}\nrole_arn = {}\nrole_session_name = "
                          "release-{}\nsource_profile = staging\n",
                          region, sandbox.role_arn("Deploy"), random_hex(4));
    write_file(directory / "config", config);

    std::string credentials = keys("default", sandbox.credential_of("administrator"));
    for (const char* const profile : {"staging", "production"})
        credentials += keys(profile, sandbox.credential_of("alice"));
    write_file(directory / "credentials", credentials + keys("bob", sandbox.credential_of("bob")));
}

} // namespace sandbox
