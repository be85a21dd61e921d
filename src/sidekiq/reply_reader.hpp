// Reads Redis's replies (RESP2) by hiredis's reader. In: bytes as they come. Out: each reply's
// elements, one after the other: nothing of a reply is stored. What it refuses: a list within a
// list, and what is larger than the limits here, as soon as a header announces it.
//   An element's text is overwritten once it was taken: a list of jobs holds their arguments.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

struct redisReader;
struct redisReadTask;

namespace snow_white::sidekiq {

struct Element {
    enum class Kind { text, integer, none, list, error };
    Kind kind = Kind::none;
    std::size_t index = 0;    // in its list; 0 outside of one
    std::span<char> text;     // of `text` and `error`; may be changed in place
    std::int64_t integer = 0; // of `list`: how many elements follow
    std::string_view as_text() const { return {text.data(), text.size()}; }
};

// False: not what the command's reply may hold.
using TakeElement = std::function<bool(const Element&)>;

class ReplyReader {
public:
    static constexpr std::size_t most_text = 16 * 1024 * 1024;   // bytes of one element
    static constexpr std::size_t most_reply = 128 * 1024 * 1024; // bytes of all
    static constexpr std::size_t most_elements = 500'000;        // of a list

    ReplyReader();
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    void feed(std::span<const char> bytes);

    // True: a reply is complete. False: more bytes are needed; call it again with the same `take`
    // once they are fed. Else why this is no reply that we read: words that continue a sentence, as
    // "sent a list of more than …". Nothing can be read after that.
    tl::expected<bool, std::string> next(const TakeElement& take);

    // Whether bytes are left that nobody asked for.
    bool is_empty() const;

    // Overwrites all that was read.
    void wipe_buffer();

private:
    struct Callbacks; // what hiredis calls
    void* take(Element::Kind kind, const redisReadTask* task, std::span<char> text,
               std::int64_t integer);
    std::string check_pending() const;

    struct Free {
        void operator()(redisReader* reader) const;
    };
    std::unique_ptr<redisReader, Free> reader_;
    const TakeElement* take_ = nullptr;
    std::size_t reply_bytes_ = 0;
    std::size_t used_ = 0; // of hiredis's buffer: the bytes that were not overwritten since
    std::string fault_;
};

} // namespace snow_white::sidekiq
