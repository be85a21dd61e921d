// The real clock. Its wait ends early on SIGINT and SIGTERM, and from then on interrupted() holds.
#pragma once

#include "src/base/clock.hpp"

namespace snow_white {

class SystemClock : public Clock {
public:
    // Blocks SIGINT and SIGTERM for this thread: a wait, and nothing else, takes them in.
    // Make it before any other thread is started.
    SystemClock();

    Instant now() const override;
    Duration elapsed() const override;
    void wait(Duration duration) override;
    bool interrupted() const override;

private:
    mutable bool interrupted_ = false;
};

} // namespace snow_white
