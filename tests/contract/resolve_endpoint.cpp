// For test_endpoints.py. Reads SERVICE REGION on each line of standard input. Prints for each
// {"url", "region"} as JSON, where region is the signing region, according to the environment and
// the files.
#include "src/aws/config/endpoint.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

int main() {
    using namespace snow_white::aws;
    const auto settings = read_settings(snow_white::Environment::of_process(), "");
    for (std::string name, region; std::cin >> name >> region;) {
        const auto found = std::ranges::find_if(
            services::all, [&name](const Service* s) { return s->name == name; });
        if (found == services::all.end()) return 2;
        const auto endpoint = endpoint_of(settings, **found, region);
        std::cout << nlohmann::json{{"url", endpoint.url}, {"region", endpoint.signing_region}}
                  << "\n";
    }
}
