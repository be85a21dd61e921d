#include "src/sidekiq/addresses.hpp"

#include "src/base/json.hpp"
#include "src/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::sidekiq {

namespace {

constexpr std::string_view namespace_query = "?namespace=";
constexpr std::size_t most_servers = 16;
constexpr std::size_t longest_namespace = 200;

std::string setting_error(std::string_view reason) {
    return fmt::format("SIDEKIQ_REDIS_URL: {}", reason);
}

// A secret is often stored with the line's end.
std::string without_blanks(const std::string& text) {
    return trimmed(text, blanks_and_line_ends);
}

bool is_namespace(std::string_view text) {
    return !text.empty() && text.size() <= longest_namespace &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != '&'; });
}

// EB's names have no slash (CreateApplication: 1 to 100 characters, no /), and a URL has one.
bool is_application(const std::string& name) {
    return name.find('/') == std::string::npos;
}

// The text for one application. None: it has none, and there is no "*".
tl::expected<std::string, std::string> text_for(const std::string& setting,
                                                const std::string& application) {
    if (!setting.starts_with('{')) return setting;
    const auto map = parse_json(setting);
    if (!map || !map->is_object())
        return tl::unexpected(setting_error("it begins with { and is no JSON object; write "
                                            "{\"APPLICATION\": \"redis://…\"}, or a URL"));
    // A key may be the URL, with its password: no key is repeated then.
    for (const auto& one : map->items())
        if (!is_application(one.key()))
            return tl::unexpected(
                setting_error("a key of its JSON object is no application's name; "
                              "write {\"APPLICATION\": \"redis://…\"}"));
    auto found = map->find(application);
    if (found == map->end()) found = map->find("*");
    if (found == map->end()) return std::string{};
    if (!found->is_string())
        return tl::unexpected(setting_error("the application's value is no text; write "
                                            "{\"APPLICATION\": \"redis://…\"}"));
    return without_blanks(found->get<std::string>());
}

bool is_same_server(const RedisUrl& one, const RedisUrl& other) {
    return lower_case(one.host) == lower_case(other.host) && one.port == other.port &&
           one.database == other.database;
}

tl::expected<RedisUrl, std::string> one_server(const std::string& part, Addresses& addresses) {
    const std::size_t query = part.find('?');
    if (query != std::string::npos) {
        const std::string_view rest = std::string_view(part).substr(query);
        const bool known = rest.starts_with(namespace_query);
        if (!known || !is_namespace(rest.substr(namespace_query.size())))
            return tl::unexpected<std::string>(
                "of what may follow a ? only ?namespace=NAME is known; a ? of a password is %3F");
        const std::string name(rest.substr(namespace_query.size()));
        if (addresses.servers.empty()) addresses.name_space = name;
        if (addresses.name_space != name)
            return tl::unexpected<std::string>(
                "its URLs have several namespaces, and one alone is possible");
    }
    auto url = parse_redis_url(part.substr(0, query));
    if (url && std::ranges::any_of(addresses.servers, [&url](const RedisUrl& server) {
            return is_same_server(server, *url);
        }))
        return tl::unexpected<std::string>(
            "the same server as a URL before it; write each server once");
    return url;
}

} // namespace

tl::expected<Addresses, std::string> addresses_for(const std::string& setting,
                                                   const std::string& application) {
    const auto text = text_for(without_blanks(setting), application);
    if (!text) return tl::unexpected(text.error());
    Addresses addresses;
    if (text->empty()) return addresses;
    const auto parts = split(*text, ',');
    if (parts.size() > most_servers)
        return tl::unexpected(setting_error(
            "more than 16 URLs; write those of the Redis servers that Sidekiq itself uses"));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto url = one_server(without_blanks(parts[i]), addresses);
        if (!url && parts.size() > 1)
            return tl::unexpected(setting_error(fmt::format(
                "URL {} of {}: {} (a , of a password is %2C)", i + 1, parts.size(), url.error())));
        if (!url) return tl::unexpected(setting_error(url.error()));
        addresses.servers.push_back(std::move(*url));
    }
    return addresses;
}

std::vector<std::string> applications_in(const std::string& setting) {
    std::vector<std::string> names;
    const auto map = parse_json(setting);
    if (map && map->is_object())
        for (const auto& one : map->items())
            if (is_application(one.key())) names.push_back(one.key());
    return names;
}

} // namespace snow_white::sidekiq
