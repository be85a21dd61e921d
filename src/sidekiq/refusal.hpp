// Redis's errors in words that name the fix. In: the error as Redis sends it. Out: words that
// continue "Redis at HOST:PORT ". The error's own text is never repeated: Redis and programs
// between quote commands in it, and a command may hold a password.
#pragma once

#include <string>
#include <string_view>

namespace snow_white::sidekiq {

struct RedisRefusal {
    enum class Kind {
        denied,     // the password or the user's rights: asking again changes nothing
        wrong_type, // of this key alone
        other,
    };
    std::string words;
    Kind kind = Kind::other;
};

// `command` is the name of the one that was refused, or "a connection" before the first.
RedisRefusal refusal_of(std::string_view error, std::string_view command);

// For bytes that are no reply of Redis: what answers there instead. Empty: unknown.
std::string words_of_other_program(std::string_view first_bytes);

} // namespace snow_white::sidekiq
