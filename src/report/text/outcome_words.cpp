#include "src/report/text/summary.hpp"

namespace snow_white::report {

using drain::Outcome;

std::string_view words_for(Outcome outcome) {
    switch (outcome) {
    case Outcome::pending:
        return "not finished";
    case Outcome::done:
        return "done";
    case Outcome::already:
        return "was so already";
    case Outcome::completed:
        return "completed, workers not seen";
    case Outcome::no_worker:
        return "no Sidekiq worker found";
    case Outcome::busy:
        return "a worker still runs a job";
    case Outcome::awake:
        return "takes jobs again";
    case Outcome::asleep:
        return "does not take jobs";
    case Outcome::booting:
        return "a worker is still starting";
    case Outcome::suspended:
        return "a worker is suspended";
    case Outcome::failed:
        return "failed";
    case Outcome::refused:
        return "refused";
    case Outcome::timed_out:
        return "timed out";
    case Outcome::cancelled:
        return "cancelled";
    case Outcome::unreachable:
        return "unreachable";
    case Outcome::unknown:
        return "unknown";
    case Outcome::gone:
        return "gone";
    case Outcome::off:
        return "stopped in EC2";
    }
    return "";
}

} // namespace snow_white::report
