#include "sandbox/base/text.hpp"
#include "sandbox/redis/redis_command.hpp"

#include <algorithm>
#include <fnmatch.h>
#include <functional>

namespace sandbox {

void RedisCommand::exists() {
    reply_.integer(std::count_if(request_.begin() + 1, request_.end(), [&](const std::string& key) {
        return keys_.type_of(key) != KeyType::none;
    }));
}

void RedisCommand::type() {
    switch (keys_.type_of(argument(1))) {
    case KeyType::none:
        return reply_.simple("none");
    case KeyType::set:
        return reply_.simple("set");
    case KeyType::hash:
        return reply_.simple("hash");
    case KeyType::list:
        return reply_.simple("list");
    case KeyType::sorted_set:
        return reply_.simple("zset");
    }
}

void RedisCommand::smembers() {
    if (!is(KeyType::set)) return;
    const auto members = keys_.members(argument(1));
    reply_.set(members.size());
    reply_.bulks(members);
}

std::optional<ScanOptions> RedisCommand::scan_options() {
    ScanOptions options;
    for (std::size_t i = 3; i < request_.size(); i += 2) {
        const std::string option = in_lower_case(argument(i));
        const bool has_value = i + 1 < request_.size();
        if (option == "match" && has_value) {
            options.pattern = argument(i + 1);
        } else if (option == "count" && has_value) {
            const auto count = parse_number<long>(argument(i + 1));
            if (!count || *count < 1) {
                reply_.error(count ? "ERR syntax error"
                                   : "ERR value is not an integer or out of range");
                return std::nullopt;
            }
            options.count = static_cast<std::size_t>(*count);
        } else {
            reply_.error("ERR syntax error");
            return std::nullopt;
        }
    }
    return options;
}

// In the order of their hashes, and the cursor is one of these: a member that stays is seen even
// when others come and go between two pages.
void RedisCommand::sscan() {
    const auto cursor = parse_number<std::size_t>(argument(2));
    if (!cursor) return reply_.error("ERR invalid cursor");
    const auto options = scan_options();
    if (!options || !is(KeyType::set)) return;
    std::map<std::size_t, std::vector<std::string>> by_hash;
    for (std::string& member : keys_.members(argument(1)))
        by_hash[std::hash<std::string>()(member) >> 1].push_back(std::move(member));
    auto next = by_hash.lower_bound(*cursor);
    std::vector<std::string> page;
    for (std::size_t seen = 0; seen < options->count && next != by_hash.end(); ++next)
        for (const std::string& member : next->second) {
            ++seen;
            if (fnmatch(options->pattern.c_str(), member.c_str(), 0) == 0) page.push_back(member);
        }
    reply_.array(2);
    reply_.bulk(next == by_hash.end() ? "0" : std::to_string(next->first));
    reply_.array(page.size());
    reply_.bulks(page);
}

void RedisCommand::scard() {
    if (is(KeyType::set))
        reply_.integer(static_cast<std::int64_t>(keys_.member_count(argument(1))));
}

void RedisCommand::sismember() {
    if (!is(KeyType::set)) return;
    const auto members = keys_.members(argument(1));
    reply_.integer(std::ranges::find(members, argument(2)) != members.end() ? 1 : 0);
}

const std::string* RedisCommand::field(const HashFields& fields, const std::string& name) {
    const auto found = std::ranges::find(fields, name, &HashFields::value_type::first);
    return found == fields.end() ? nullptr : &found->second;
}

void RedisCommand::hget() {
    if (!is(KeyType::hash)) return;
    const HashFields fields = keys_.fields(argument(1));
    const std::string* const value = field(fields, argument(2));
    if (value != nullptr)
        reply_.bulk(*value);
    else
        reply_.null();
}

void RedisCommand::hmget() {
    if (!is(KeyType::hash)) return;
    const HashFields fields = keys_.fields(argument(1));
    reply_.array(request_.size() - 2);
    for (std::size_t i = 2; i < request_.size(); ++i)
        if (const std::string* const value = field(fields, argument(i)))
            reply_.bulk(*value);
        else
            reply_.null();
}

void RedisCommand::hgetall() {
    if (!is(KeyType::hash)) return;
    const HashFields fields = keys_.fields(argument(1));
    reply_.map(fields.size());
    for (const auto& [name, value] : fields)
        reply_.bulks({name, value});
}

// All of it at once, as Redis does with a small hash.
void RedisCommand::hscan() {
    if (!parse_number<std::size_t>(argument(2))) return reply_.error("ERR invalid cursor");
    const auto options = scan_options();
    if (!options || !is(KeyType::hash)) return;
    std::vector<std::string> page;
    for (auto& [name, value] : keys_.fields(argument(1))) {
        if (fnmatch(options->pattern.c_str(), name.c_str(), 0) != 0) continue;
        page.push_back(name);
        page.push_back(value);
    }
    reply_.array(2);
    reply_.bulk("0");
    reply_.array(page.size());
    reply_.bulks(page);
}

void RedisCommand::hlen() {
    if (is(KeyType::hash))
        reply_.integer(static_cast<std::int64_t>(keys_.fields(argument(1)).size()));
}

void RedisCommand::hexists() {
    if (!is(KeyType::hash)) return;
    const HashFields fields = keys_.fields(argument(1));
    reply_.integer(field(fields, argument(2)) != nullptr ? 1 : 0);
}

void RedisCommand::llen() {
    if (is(KeyType::list)) reply_.integer(static_cast<std::int64_t>(keys_.length(argument(1))));
}

void RedisCommand::zcard() {
    if (is(KeyType::sorted_set))
        reply_.integer(static_cast<std::int64_t>(keys_.length(argument(1))));
}

} // namespace sandbox
