// The program's terminal.
#pragma once

#include "tests/simulation/history.hpp"

#include <cstdio>

namespace simulation {

// A stream that records when each line was written, in simulated time.
class TimedOutput {
public:
    TimedOutput(Run& run, const SimulatedClock& time) : run_(run), time_(time) {
        file_ = fopencookie(this, "w",
                            {.read = nullptr, .write = write, .seek = nullptr, .close = nullptr});
        std::setvbuf(file_, nullptr, _IOLBF, BUFSIZ);
    }
    ~TimedOutput() { std::fclose(file_); }
    TimedOutput(const TimedOutput&) = delete;
    TimedOutput& operator=(const TimedOutput&) = delete;
    std::FILE* file() { return file_; }

private:
    static ssize_t write(void* self, const char* text, std::size_t size) {
        static_cast<TimedOutput*>(self)->append({text, size});
        return static_cast<ssize_t>(size);
    }
    void append(std::string_view text) {
        rest_ += text;
        for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
            run_.printed.push_back({time_.now(), rest_.substr(0, end)});
            rest_.erase(0, end + 1);
        }
    }

    Run& run_;
    const SimulatedClock& time_;
    std::string rest_;
    std::FILE* file_ = nullptr;
};

} // namespace simulation
