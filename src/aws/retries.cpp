#include "src/aws/retries.hpp"

#include <algorithm>

namespace snow_white::aws {

namespace {

constexpr int full_budget = 500;
constexpr std::chrono::milliseconds first_pause{250};

int cost_of(ErrorKind kind) {
    return kind == ErrorKind::transport || kind == ErrorKind::unreachable ? 10 : 5;
}

} // namespace

RetryBudget::RetryBudget() : left_(full_budget) {}

bool RetryBudget::take(ErrorKind kind) {
    if (cost_of(kind) > left_) return false;
    left_ -= cost_of(kind);
    return true;
}

void RetryBudget::give_back(std::optional<ErrorKind> last) {
    left_ = std::min(full_budget, left_ + (last ? cost_of(*last) : 1));
}

Duration pause_before_retry(int attempt, std::optional<std::chrono::seconds> retry_after,
                            std::minstd_rand& random) {
    const auto ceiling = std::min(longest_retry_pause, first_pause * (1 << std::min(attempt, 10)));
    const Duration random_pause{
        std::uniform_int_distribution<Duration::rep>(0, ceiling.count())(random)};
    // Compared in seconds: a header's number may overflow milliseconds.
    if (!retry_after) return random_pause;
    if (*retry_after > longest_retry_pause) return longest_retry_pause;
    return std::max<Duration>(random_pause, *retry_after);
}

} // namespace snow_white::aws
