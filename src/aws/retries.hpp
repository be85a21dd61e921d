// How often, and after which pause, a call is tried again: the AWS SDKs' standard mode. One budget
// for all calls of a session: a retry takes from it, a success gives back. Once it is spent a call
// is made once, so that a service that throttles us hears little more than one call for each that
// the drain wants. Source of the numbers: botocore/retries/standard.py (500 in all, 5 a retry, 10
// after no answer, 1 given back by a call that went well at once, else what its last retry took).
#pragma once

#include "src/aws/result.hpp"
#include "src/base/clock.hpp"

#include <optional>
#include <random>

namespace snow_white::aws {

inline constexpr std::chrono::milliseconds longest_retry_pause{8'000};

// A call that must not be made twice is tried for so long. After that, a suspension perhaps, what
// its caller knew may be old: the caller decides anew.
inline constexpr std::chrono::minutes longest_time_of_unrepeatable{1};

class RetryBudget {
public:
    RetryBudget();
    // False when there is not enough left for a retry after this error.
    bool take(ErrorKind kind);
    // `last`: the error before the call went well; none: there was none.
    void give_back(std::optional<ErrorKind> last);

private:
    int left_;
};

// Drawn from 0 to a ceiling that doubles with each attempt (full jitter), yet never less than the
// service asked for, and never more than longest_retry_pause.
Duration pause_before_retry(int attempt, std::optional<std::chrono::seconds> retry_after,
                            std::minstd_rand& random);

} // namespace snow_white::aws
