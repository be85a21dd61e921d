#include "src/aws/credentials/mfa_prompt.hpp"

#include "src/aws/credentials/credentials.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace snow_white::aws {

namespace {

constexpr int poll_ms = 200; // then check for signals: SystemClock blocks them

class Terminal {
public:
    explicit Terminal(Echo echo)
        : file_(open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)), echo_(echo) {
        if (echo_ == Echo::on || file_ < 0 || tcgetattr(file_, &before_) != 0) return;
        termios no_echo = before_;
        no_echo.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(file_, TCSAFLUSH, &no_echo);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() {
        if (file_ < 0) return;
        if (echo_ == Echo::off) {
            print("\n");
            tcsetattr(file_, TCSANOW, &before_);
        }
        close(file_);
    }

    bool is_open() const { return file_ >= 0; }

    void print(const std::string& text) {
        if (write(file_, text.data(), text.size()) < 0) return; // reading will fail, too
    }

    // False: end of input, or the run was interrupted.
    bool next(char& letter, const Clock& clock) {
        pollfd input{.fd = file_, .events = POLLIN, .revents = 0};
        while (poll(&input, 1, poll_ms) == 0)
            if (clock.interrupted()) return false;
        return ::read(file_, &letter, 1) == 1;
    }

private:
    int file_;
    Echo echo_;
    termios before_{};
};

} // namespace

Result<std::string> ask_on_terminal(const std::string& question, const Clock& clock, Echo echo) {
    Terminal terminal(echo);
    if (!terminal.is_open()) return refused("there is no terminal to ask on");
    terminal.print(question);
    std::string answer;
    char letter = 0;
    while (terminal.next(letter, clock)) {
        if (letter == '\n') return answer;
        answer += letter;
    }
    if (echo == Echo::on) terminal.print("\n"); // else the end of `terminal` does
    return refused("no answer was typed");
}

} // namespace snow_white::aws
