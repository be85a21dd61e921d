#include "sandbox/slack/manifest.hpp"

namespace sandbox {

namespace {

constexpr std::size_t longest_name = 35;
constexpr std::size_t longest_description = 140;
constexpr std::size_t longest_display_name = 80;

// What stands at a pointer; null: nothing.
Json at(const Json& manifest, const char* pointer) {
    const Json::json_pointer place(pointer);
    return manifest.contains(place) ? manifest[place] : Json();
}

void add(Json& faults, const std::string& message, const char* pointer) {
    faults.push_back({{"message", message}, {"pointer", pointer}});
}

void check_text(const Json& manifest, const char* pointer, std::size_t limit, bool required,
                Json& faults) {
    const Json text = at(manifest, pointer);
    if (text.is_null() && !required) return;
    if (!text.is_string() || text.get<std::string>().empty())
        add(faults, "Must provide a string", pointer);
    else if (text.get<std::string>().size() > limit)
        add(faults, "Must be at most " + std::to_string(limit) + " characters", pointer);
}

void check_scopes(const Json& manifest, Json& faults) {
    const char* const pointer = "/oauth_config/scopes/bot";
    const Json scopes = at(manifest, pointer);
    if (scopes.is_null()) return;
    if (!scopes.is_array()) return add(faults, "Must be an array", pointer);
    check_text(manifest, "/features/bot_user/display_name", longest_display_name, true, faults);
    if (const auto fault = fault_of_scopes(scopes.get<std::set<std::string>>()); !fault.empty())
        add(faults, fault, pointer);
}

} // namespace

std::string fault_of_scopes(const std::set<std::string>& scopes) {
    return scopes.contains("users:read.email") && !scopes.contains("users:read")
               ? "users:read.email must be requested at the same time as users:read"
               : "";
}

Json faults_of_manifest(const std::string& manifest) {
    Json faults = Json::array();
    const Json parsed = Json::parse(manifest, nullptr, false);
    if (!parsed.is_object()) {
        add(faults, "Not a JSON object", "");
        return faults;
    }
    check_text(parsed, "/display_information/name", longest_name, true, faults);
    check_text(parsed, "/display_information/description", longest_description, false, faults);
    check_scopes(parsed, faults);
    return faults;
}

} // namespace sandbox
