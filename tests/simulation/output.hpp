// The program's terminal.
#pragma once

#include "tests/simulation/history.hpp"

#include <cstdio>

namespace simulation {

// A stream that remembers when each line was written, by the world's time.
class Output {
public:
    Output(Run& run, const WorldClock& world) : run_(run), world_(world) {
        file_ = fopencookie(this, "w",
                            {.read = nullptr, .write = write, .seek = nullptr, .close = nullptr});
        std::setvbuf(file_, nullptr, _IOLBF, BUFSIZ);
    }
    ~Output() { std::fclose(file_); }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    std::FILE* file() { return file_; }

private:
    static ssize_t write(void* self, const char* text, std::size_t size) {
        static_cast<Output*>(self)->take({text, size});
        return static_cast<ssize_t>(size);
    }
    void take(std::string_view text) {
        rest_ += text;
        for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
            run_.said.push_back({world_.now(), rest_.substr(0, end)});
            rest_.erase(0, end + 1);
        }
    }

    Run& run_;
    const WorldClock& world_;
    std::string rest_;
    std::FILE* file_ = nullptr;
};

} // namespace simulation
