// :names: of emoji as HTML: the common ones as Unicode, `snowwhite` as the workspace's own picture.
#pragma once

#include <string>

namespace sandbox {

// Where the page finds the picture of images/snowwhite.png.
inline const std::string emoji_picture_path = "/_sandbox/emoji/snowwhite.png";

// In: HTML. An unknown name stays as it is.
std::string with_emoji(const std::string& html);

} // namespace sandbox
