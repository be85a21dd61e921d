// Logs as the program writes them, and what snow-white-check prints about them.
#pragma once

#include "src/promises/check_command.hpp"
#include "src/report/json/json_reporter.hpp"
#include "src/report/text/text_reporter.hpp"
#include "tests/unit/fixed_time.hpp"

#include <cstdlib>
#include <sstream>

namespace test {

// Events of one run, each at a time after noon.
class WrittenLog {
public:
    explicit WrittenLog(bool json = true) : json_(json) {}

    WrittenLog& handle(snow_white::Duration after, const snow_white::drain::Event& event) {
        using namespace snow_white;
        if (json_)
            report::json_events(event, subject,
                                [&](const report::JsonEvent& one) { write(after, one); });
        else
            for (const auto& line : report::lines_of(event, subject))
                text += report::with_time(line, noon + after) + "\n";
        return *this;
    }

    WrittenLog& write(snow_white::Duration after, const snow_white::report::JsonEvent& event) {
        text += snow_white::report::in_json(event, noon + after) + "\n";
        return *this;
    }

    WrittenLog& end(snow_white::Duration after, int code, const std::string& name) {
        return write(after, {"ended", {{"code", code}, {"name", name}}});
    }

    snow_white::report::RunInfo subject{.application = "acme",
                                        .pattern = "workers",
                                        .region = "us-east-1",
                                        .timeout = std::chrono::hours{6}};
    std::string text;

private:
    bool json_;
};

struct Checked {
    snow_white::promises::CheckCode code{};
    std::string out;
    std::string err;
};

inline Checked check_log(const std::string& log,
                         const std::vector<std::string>& arguments = {"-"}) {
    char* said[2] = {};
    std::size_t size[2] = {};
    std::FILE* out = open_memstream(&said[0], &size[0]);
    std::FILE* err = open_memstream(&said[1], &size[1]);
    std::istringstream in(log);
    Checked checked{.code = snow_white::promises::check(arguments, in, out, err)};
    std::fclose(out);
    std::fclose(err);
    checked.out.assign(said[0], size[0]);
    checked.err.assign(said[1], size[1]);
    std::free(said[0]); // NOLINT: open_memstream's
    std::free(said[1]); // NOLINT
    return checked;
}

} // namespace test
