// Decides whether a failed call is retried, and after which pause: the AWS SDKs' standard mode. All
// calls of a session share one budget: a retry takes from it, a success gives back. Without budget
// a call is made once, so a service that throttles us gets hardly more calls than the drain makes.
// Source of the numbers: botocore/retries/standard.py. The budget is 500; a retry costs 5, or 10
// after no answer; a success gives back what its last retry cost, or 1 if it had none.
#pragma once

#include "src/aws/result.hpp"
#include "src/base/clock.hpp"

#include <optional>
#include <random>

namespace snow_white::aws {

inline constexpr std::chrono::milliseconds longest_retry_pause{8'000};

// A call that must not be made twice is retried for so long. Later (the machine may have been
// suspended) its caller's knowledge may be outdated, so the caller decides again.
inline constexpr std::chrono::minutes longest_time_of_unrepeatable{1};

class RetryBudget {
public:
    RetryBudget();
    // False: not enough left for a retry after this error.
    bool take(ErrorKind kind);
    // After a success. `last`: the error of the attempt before it, if there was one.
    void give_back(std::optional<ErrorKind> last);

private:
    int left_;
};

// Random from 0 to a ceiling that doubles with each attempt (full jitter), but at least what the
// service asked for (Retry-After), and at most longest_retry_pause.
Duration pause_before_retry(int attempt, std::optional<std::chrono::seconds> retry_after,
                            std::minstd_rand& random);

} // namespace snow_white::aws
