#include "src/sidekiq/link.hpp"

#include "src/sidekiq/hiredis.hpp"
#include "src/sidekiq/refusal.hpp"
#include "src/sidekiq/wipe.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <new>
#include <stdexcept>

namespace snow_white::sidekiq {

namespace {

constexpr std::size_t most_pipelined = 1000;
constexpr std::size_t read_size = 16 * 1024;

bool is_read_command(const std::string& name) {
    const auto& names = read_commands();
    return std::ranges::find(names, name) != names.end();
}

// Appends the command as hiredis formats it, and overwrites hiredis's own.
void append_formatted(std::string& bytes, const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    char* formatted = nullptr;
    const int size = redisFormatCommandArgv(&formatted, static_cast<int>(words.size()),
                                            texts.data(), sizes.data());
    if (size < 0) throw std::bad_alloc();
    bytes.append(formatted, static_cast<std::size_t>(size));
    wipe(std::span<char>(formatted, static_cast<std::size_t>(size)));
    redisFreeCommand(formatted);
}

bool is_ok(const Element& element) {
    return element.as_text() == "OK";
}

} // namespace

Link::Link(const RedisUrl& url, std::unique_ptr<Socket> socket, const Clock& clock)
    : address_(address_of(url)), tls_(url.tls), socket_(std::move(socket)), clock_(clock) {}

tl::expected<std::unique_ptr<Link>, LinkFailure> Link::open(const RedisUrl& url, Sockets& sockets,
                                                            const Clock& clock, bool has_answered,
                                                            Duration deadline) {
    const Duration timeout = std::min<Duration>(connect_timeout, deadline - clock.elapsed());
    auto socket = sockets.connect(url, timeout);
    if (!socket)
        return tl::unexpected(LinkFailure{
            {fmt::format("Redis at {} {}", address_of(url), socket.error().words),
             socket.error().reached ? ReadFailure::Kind::other : ReadFailure::Kind::unreached},
            true});
    std::unique_ptr<Link> link(new Link(url, std::move(*socket), clock));
    link->has_answered_ = has_answered;
    if (auto signed_in = link->sign_in(url, deadline); !signed_in)
        return tl::unexpected(std::move(signed_in.error()));
    return link;
}

tl::expected<void, LinkFailure> Link::sign_in(const RedisUrl& url, Duration deadline) {
    std::vector<Command> commands;
    if (!url.password.empty()) {
        commands.push_back({.words = {"AUTH"}, .take = is_ok});
        if (!url.user.empty()) commands.back().words.push_back(url.user);
        commands.back().words.push_back(url.password);
    }
    if (url.database != 0)
        commands.push_back({.words = {"SELECT", std::to_string(url.database)}, .take = is_ok});
    auto signed_in = exchange(commands, deadline);
    for (auto& command : commands)
        for (auto& word : command.words)
            wipe(word);
    return signed_in;
}

tl::expected<void, LinkFailure> Link::exchange(const std::vector<Command>& commands,
                                               Duration deadline) {
    tl::expected<void, LinkFailure> result;
    const std::span<const Command> all(commands);
    for (std::size_t i = 0; i < all.size() && result; i += most_pipelined) {
        const auto part = all.subspan(i, std::min(most_pipelined, all.size() - i));
        result = send(part, deadline);
        for (std::size_t one = 0; one < part.size() && result; ++one)
            result = take_reply(part[one], deadline);
        replies_.wipe_buffer();
    }
    if (result && !replies_.is_empty())
        return tl::unexpected(failure("sent what nobody asked for"));
    return result;
}

tl::expected<void, LinkFailure> Link::send(std::span<const Command> commands, Duration deadline) {
    std::string bytes;
    std::size_t size = 0;
    for (const auto& command : commands)
        for (const auto& word : command.words)
            size += word.size() + 32; // with its header
    bytes.reserve(size + commands.size() * 32);
    for (const auto& command : commands) {
        if (!is_read_command(command.words[0])) throw std::logic_error("a command that may write");
        append_formatted(bytes, command.words);
    }
    auto written = socket_->write(bytes, left_until(deadline));
    wipe(bytes);
    if (!written) return tl::unexpected(failure(written.error(), true));
    return {};
}

tl::expected<void, LinkFailure> Link::take_reply(const Command& command, Duration deadline) {
    RedisRefusal refusal;
    const TakeElement take = [&](const Element& element) {
        if (element.kind != Element::Kind::error) return command.take(element);
        refusal = refusal_of(element.as_text(), command.words[0]);
        return true;
    };
    for (;;) {
        const auto complete = replies_.next(take);
        if (!complete)
            return tl::unexpected(
                failure(fmt::format("{} for {}", complete.error(), command.words[0])));
        if (*complete) break;
        if (auto received = receive(deadline); !received) return received;
    }
    has_answered_ = true;
    if (refusal.words.empty()) return {};
    if (refusal.kind == RedisRefusal::Kind::wrong_type && command.wrong_type) {
        command.wrong_type();
        return {};
    }
    LinkFailure refused = failure(refusal.words);
    if (refusal.kind == RedisRefusal::Kind::denied)
        refused.failure.kind = ReadFailure::Kind::denied;
    return tl::unexpected(std::move(refused));
}

tl::expected<void, LinkFailure> Link::receive(Duration deadline) {
    std::array<char, read_size> buffer; // NOLINT: read() fills what is used
    const auto size = socket_->read(buffer, left_until(deadline));
    if (!size && !clock_.interrupted() && clock_.elapsed() >= deadline)
        return tl::unexpected(
            failure("is too slow: its answers did not come in the time of a look"));
    if (!size) return tl::unexpected(failure(size.error(), true));
    const std::span<char> bytes(buffer.data(), *size);
    if (bytes.empty()) return tl::unexpected(failure(words_of_end(), true));
    const std::string other =
        has_answered_ ? "" : words_of_other_program({bytes.data(), bytes.size()});
    replies_.feed(bytes);
    wipe(bytes);
    if (!other.empty()) return tl::unexpected(failure(other));
    return {};
}

std::string_view Link::words_of_end() const {
    if (has_answered_) return "closed the connection";
    if (tls_)
        return "closed the connection before it answered: it may want a certificate of its "
               "clients (set tls-auth-clients to no in Redis), or forbid this address";
    return "closed the connection before it answered: it may want TLS (write rediss:// instead of "
           "redis://), or forbid this address";
}

Duration Link::left_until(Duration deadline) const {
    const Duration left = deadline - clock_.elapsed();
    return std::clamp<Duration>(left, Duration::zero(), silence_timeout);
}

LinkFailure Link::failure(std::string_view words, bool lost) const {
    return {{fmt::format("Redis at {} {}", address_, words)}, lost};
}

} // namespace snow_white::sidekiq
