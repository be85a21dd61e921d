// From an answer that is not a success to an Error with a kind. One table of codes for all services.
#pragma once

#include "src/aws/http.hpp"
#include "src/aws/operations.hpp"

#include <nlohmann/json.hpp>

namespace snow_white::aws {

// `body` may be a discarded value (the answer was no JSON).
Error decode_json_error(const HttpResponse& response, const nlohmann::json& body);
Error decode_xml_error(const HttpResponse& response);

bool is_well_formed(Protocol protocol, const std::string& body);

} // namespace snow_white::aws
