#include "src/sidekiq/reply_reader.hpp"

#include "src/sidekiq/hiredis.hpp"
#include "src/sidekiq/wipe.hpp"

#include <algorithm>
#include <charconv>
#include <new>

namespace snow_white::sidekiq {

namespace {

// A block of this size is mapped by glibc, and grows by moving pages: no copy of it stays behind.
constexpr std::size_t first_buffer = 256 * 1024;
constexpr std::size_t longest_header = 32;      // "$" and a number
constexpr std::size_t longest_line = 64 * 1024; // of an error, a status
constexpr std::size_t bytes_of_header = 8;      // about: what an element costs beside its text

constexpr const char* too_large_text = "sent a value of more than 16 MiB";
constexpr const char* too_large_reply = "sent more than 128 MiB as one reply";
constexpr const char* too_long_list = "sent a list of more than 500,000 elements";
constexpr const char* no_reply = "sent no reply of Redis's protocol";
constexpr const char* nested = "sent a list within a list";
constexpr const char* unexpected_reply = "sent something else than this command returns";

} // namespace

// hiredis wants a pointer for each element, and passes it to nobody but us. None: stop.
struct ReplyReader::Callbacks {
    static ReplyReader& self(const redisReadTask* task) {
        return *static_cast<ReplyReader*>(task->privdata);
    }
    static void* text(const redisReadTask* task, char* begin, std::size_t size) {
        const bool error = task->type == REDIS_REPLY_ERROR;
        return self(task).take(error ? Element::Kind::error : Element::Kind::text, task,
                               {begin, size}, 0);
    }
    static void* list(const redisReadTask* task, int elements) {
        return self(task).take(Element::Kind::list, task, {}, elements);
    }
    static void* integer(const redisReadTask* task, long long value) {
        return self(task).take(Element::Kind::integer, task, {}, value);
    }
    static void* none(const redisReadTask* task) {
        return self(task).take(Element::Kind::none, task, {}, 0);
    }
    static void free(void* /*element*/) {}
};

void ReplyReader::Free::operator()(redisReader* reader) const {
    if (reader->buf != nullptr) wipe(std::span<char>(reader->buf, sdsalloc(reader->buf)));
    redisReaderFree(reader);
}

ReplyReader::ReplyReader() {
    static redisReplyObjectFunctions functions{&Callbacks::text, &Callbacks::list,
                                               &Callbacks::integer, &Callbacks::none,
                                               &Callbacks::free};
    reader_.reset(redisReaderCreateWithFunctions(&functions));
    if (!reader_) throw std::bad_alloc();
    reader_->privdata = this;
    reader_->maxbuf = 0; // keep the buffer
    reader_->buf = sdsMakeRoomFor(reader_->buf, first_buffer);
    if (reader_->buf == nullptr) throw std::bad_alloc();
}

ReplyReader::~ReplyReader() = default;

void ReplyReader::feed(std::span<const char> bytes) {
    const bool fed = redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) == REDIS_OK;
    used_ = std::max(used_, reader_->len);
    if (fed) return;
    if (fault_.empty()) fault_ = "sent more than the memory holds";
}

tl::expected<bool, std::string> ReplyReader::next(const TakeElement& take) {
    if (!fault_.empty()) return tl::unexpected(fault_);
    take_ = &take;
    void* reply = nullptr;
    const int result = redisReaderGetReply(reader_.get(), &reply);
    take_ = nullptr;
    if (result != REDIS_OK && fault_.empty()) fault_ = no_reply;
    if (fault_.empty() && reply == nullptr) fault_ = check_pending();
    if (!fault_.empty()) return tl::unexpected(fault_);
    if (reply != nullptr) reply_bytes_ = 0;
    return reply != nullptr;
}

bool ReplyReader::is_empty() const {
    return reader_->pos == reader_->len;
}

void ReplyReader::wipe_buffer() {
    char* const buffer = reader_->buf;
    if (buffer == nullptr) return; // hiredis gave it back after an error: it is unmapped
    if (is_empty()) {
        sdsclear(buffer);
        reader_->pos = reader_->len = 0;
    }
    wipe(std::span<char>(buffer + reader_->len, std::max(used_, reader_->len) - reader_->len));
    used_ = reader_->len;
}

void* ReplyReader::take(Element::Kind kind, const redisReadTask* task, std::span<char> text,
                        std::int64_t integer) {
    reply_bytes_ += text.size() + bytes_of_header;
    if (kind == Element::Kind::list && task->parent != nullptr)
        fault_ = nested;
    else if (kind == Element::Kind::list && integer > static_cast<std::int64_t>(most_elements))
        fault_ = too_long_list;
    else if (text.size() > most_text)
        fault_ = too_large_text;
    else if (reply_bytes_ > most_reply)
        fault_ = too_large_reply;
    else {
        const std::size_t index = task->parent != nullptr ? static_cast<std::size_t>(task->idx) : 0;
        if (!(*take_)({kind, index, text, integer})) fault_ = unexpected_reply;
    }
    wipe(text);
    return fault_.empty() ? this : nullptr;
}

// What an incomplete element says of itself: hiredis itself would wait for all that it announces.
std::string ReplyReader::check_pending() const {
    const std::string_view pending(reader_->buf + reader_->pos, reader_->len - reader_->pos);
    // hiredis has read the byte that says what it is.
    const bool is_text =
        reader_->ridx >= 0 && reader_->rstack[reader_->ridx].type == REDIS_REPLY_STRING;
    if (!is_text) return pending.size() > longest_line ? no_reply : "";
    const std::size_t end = pending.substr(0, longest_header).find('\r');
    if (end == std::string_view::npos) return pending.size() > longest_header ? no_reply : "";
    long long size = 0;
    const auto [stopped, error] = std::from_chars(pending.data(), pending.data() + end, size);
    const bool huge =
        error == std::errc::result_out_of_range || size > static_cast<long long>(most_text);
    return huge ? too_large_text : "";
}

} // namespace snow_white::sidekiq
