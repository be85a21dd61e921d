#include "src/base/text_file.hpp"

#include <array>
#include <memory>

namespace snow_white {

std::string read_rest(std::FILE* file) {
    std::string text;
    std::array<char, 4096> block{};
    for (std::size_t count; (count = std::fread(block.data(), 1, block.size(), file)) > 0;)
        text.append(block.data(), count);
    return text;
}

std::optional<std::string> read_text_file(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "r"),
                                                               &std::fclose};
    if (!file) return std::nullopt;
    std::string text = read_rest(file.get());
    if (std::ferror(file.get()) != 0) return std::nullopt;
    return text;
}

} // namespace snow_white
