// Tokens that carry the place where the next page begins. They are opaque to the caller, and tied
// to the question: a token of another question, or one that we never gave, is no token.
#pragma once

#include "sandbox/wire/shape.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

inline constexpr std::size_t ec2_page = 1000; // of a Describe… call that asks for no other size

struct Page {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string next_token; // empty on the last page
};

// `question`: the parameters without token and page size. Nothing when `token` is not one of this
// question's.
std::optional<Page> page_of(std::size_t total, std::size_t page_size, const std::string& token,
                            const Json& question);

} // namespace sandbox
