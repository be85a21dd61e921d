// The Clock of the operating system (Linux). SIGINT and SIGTERM end a wait and interrupt the run.
#pragma once

#include "src/base/clock.hpp"

namespace snow_white {

class SystemClock : public Clock {
public:
    // Blocks SIGINT and SIGTERM for this thread; only wait() receives them. Construct it before any
    // other thread starts.
    SystemClock();

    Instant now() const override;
    Duration elapsed() const override;
    void wait(Duration duration) override;
    bool interrupted() const override;

private:
    mutable bool interrupted_ = false;
};

} // namespace snow_white
