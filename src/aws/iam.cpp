#include "src/aws/iam.hpp"

#include <algorithm>

namespace snow_white::aws {

namespace {

bool same_key(const std::string& left, const std::string& right) {
    return std::ranges::equal(
        left, right, [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

} // namespace

Result<std::string> get_user_tag(Client& client, const std::string& user, const std::string& key) {
    // A user has at most 50 tags (IAM quota) and a page holds 100: there is one page.
    const auto answer = client.query(operations::list_user_tags, {{"UserName", user}});
    if (!answer) return tl::unexpected(answer.error());
    const auto tags = (*answer)->document_element().child("ListUserTagsResult").child("Tags");
    for (const auto tag : tags.children("member"))
        if (same_key(tag.child_value("Key"), key)) return tag.child_value("Value");
    return std::string{};
}

} // namespace snow_white::aws
