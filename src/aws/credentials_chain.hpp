// Finds credentials and keeps them fresh. In: environment, files, container endpoint; the profile that was
// asked for by name, or none. Out: keys good for at least five more minutes, or an error of kind
// ErrorKind::credentials that names the step that failed and the way out.
#pragma once

#include "src/aws/environment.hpp"
#include "src/aws/http.hpp"

namespace snow_white::aws {

class CredentialsChain {
public:
    // `profile` empty: as the environment says. The references outlive this object.
    CredentialsChain(const Environment& environment, std::string profile, Http& http, const Clock& clock);

    Result<Credentials> get();

private:
    Result<Credentials> find();
    Result<Credentials> of_profile(const std::string& name);
    Result<Credentials> of_container();

    const Environment& environment_;
    std::string profile_;
    Http& http_;
    const Clock& clock_;
    std::optional<Credentials> current_;
};

} // namespace snow_white::aws
