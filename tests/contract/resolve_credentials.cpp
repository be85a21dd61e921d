// For test_credentials.py: resolve_credentials [PROFILE] prints as JSON the credentials that the
// chain finds in the environment and its files, or the error; exit code 0 or 1.
#include "src/aws/credentials/chain.hpp"
#include "src/base/system_clock.hpp"
#include "src/http/curl_http.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

int main(int argc, char** argv) {
    using namespace snow_white;
    SystemClock clock;
    const auto environment = Environment::of_process();
    CurlHttp http(clock);
    const std::string profile = argc > 1 ? argv[1] : "";
    const auto settings = aws::read_settings(environment, profile);
    const auto keys = aws::CredentialsChain(environment, settings, profile, http, clock).get();
    const nlohmann::json answer = keys ? nlohmann::json{{"access_key", keys->access_key_id},
                                                        {"secret_key", keys->secret_access_key},
                                                        {"token", keys->session_token}}
                                       : nlohmann::json{{"error", keys.error().message}};
    std::cout << answer << "\n";
    return keys ? 0 : 1;
}
