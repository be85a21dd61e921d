#include "src/drain/model/report.hpp"

namespace snow_white::drain {

bool is_success(Outcome outcome) {
    return outcome == Outcome::done || outcome == Outcome::already || outcome == Outcome::completed ||
           is_gone(outcome);
}

} // namespace snow_white::drain
