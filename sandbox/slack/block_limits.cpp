#include "sandbox/slack/block_limits.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace sandbox {

namespace {

constexpr std::size_t most_blocks = 50;
constexpr std::size_t longest_of_all = 13'200;
constexpr std::size_t longest_header = 150;
constexpr std::size_t longest_block_text = 3'000;
constexpr std::size_t longest_field = 2'000;
constexpr std::size_t longest_id = 255;
constexpr std::size_t longest_url = 3'000;
constexpr std::size_t longest_alt = 2'000;
constexpr std::size_t most_fields = 10;
constexpr std::size_t most_elements = 10;

// A character beyond the first 65,536, four bytes in UTF-8, counts as two.
std::size_t length_of(const std::string& text) {
    std::size_t units = 0;
    for (const char byte : text) {
        const auto value = static_cast<unsigned char>(byte);
        if ((value & 0xc0U) != 0x80) units += value >= 0xf0 ? 2 : 1;
    }
    return units;
}

bool only_has(const Json& object, std::initializer_list<std::string_view> keys) {
    return std::ranges::all_of(object.items(), [&](const auto& entry) {
        return std::ranges::count(keys, entry.key()) > 0;
    });
}

bool is_string(const Json& object, const char* key, std::size_t longest) {
    if (!object.contains(key) || !object[key].is_string()) return false;
    const auto length = length_of(object[key]);
    return length >= 1 && length <= longest;
}

bool is_flag(const Json& object, const char* key) {
    return !object.contains(key) || object[key].is_boolean();
}

bool is_text(const Json& text, std::size_t longest, bool plain_only = false) {
    if (!text.is_object() || !is_string(text, "text", longest)) return false;
    const Json type = text.value("type", Json());
    if (type == "plain_text")
        return only_has(text, {"type", "text", "emoji"}) && is_flag(text, "emoji");
    return type == "mrkdwn" && !plain_only && only_has(text, {"type", "text", "verbatim"}) &&
           is_flag(text, "verbatim");
}

bool is_image(const Json& image) {
    return is_string(image, "image_url", longest_url) &&
           is_string(image, "alt_text", longest_alt) &&
           only_has(image, {"type", "image_url", "alt_text", "title", "block_id"});
}

template <class Right>
bool is_list(const Json& block, const char* key, std::size_t most, Right right) {
    return block.contains(key) && block[key].is_array() && !block[key].empty() &&
           block[key].size() <= most && std::ranges::all_of(block[key], right);
}

bool is_section(const Json& block) {
    const bool has_text = block.contains("text");
    const bool has_fields = block.contains("fields");
    return only_has(block, {"type", "text", "fields", "block_id"}) && (has_text || has_fields) &&
           (!has_text || is_text(block["text"], longest_block_text)) &&
           (!has_fields || is_list(block, "fields", most_fields, [](const Json& field) {
               return is_text(field, longest_field);
           }));
}

bool is_context(const Json& block) {
    return only_has(block, {"type", "elements", "block_id"}) &&
           is_list(block, "elements", most_elements, [](const Json& element) {
               return element.is_object() && element.value("type", Json()) == "image"
                          ? is_image(element)
                          : is_text(element, longest_block_text);
           });
}

bool is_block(const Json& block) {
    if (!block.is_object()) return false;
    if (block.contains("block_id") && !is_string(block, "block_id", longest_id)) return false;
    const Json type = block.value("type", Json());
    if (type == "header")
        return only_has(block, {"type", "text", "block_id"}) && block.contains("text") &&
               is_text(block["text"], longest_header, true);
    if (type == "section") return is_section(block);
    if (type == "context") return is_context(block);
    if (type == "divider") return only_has(block, {"type", "block_id"});
    return type == "image" && is_image(block);
}

} // namespace

std::string fault_of_blocks(const Json& blocks) {
    if (!blocks.is_array() || blocks.size() > most_blocks || !std::ranges::all_of(blocks, is_block))
        return "invalid_blocks";
    return length_of(blocks.dump()) > longest_of_all ? "msg_blocks_too_long" : "";
}

} // namespace sandbox
