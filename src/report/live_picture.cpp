#include "src/report/live_picture.hpp"

#include "src/report/selection_words.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

constexpr std::size_t widest_bar = 50;
constexpr std::size_t most_environments = 8; // more are counted
constexpr std::size_t most_notes = 50;       // kept; shown are as many as there is room for

constexpr const char* bold = "\x1b[1m";
constexpr const char* green = "\x1b[32m";
constexpr const char* plain = "\x1b[0m";

// A byte is a column: what is no ASCII may take none, one or two.
std::string fitting(std::string text, std::size_t width) {
    for (char& byte : text)
        if (byte < ' ' || byte > '~') byte = '?';
    if (text.size() <= width) return text;
    const std::string cut = width > 2 ? ".." : "";
    return text.substr(0, width - cut.size()) + cut;
}

std::string coloured(const char* colour, const std::string& text, const Screen& screen) {
    return screen.colour ? colour + text + plain : text;
}

std::string clock_time(Instant at) {
    const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(at).time_since_epoch().count();
    return fmt::format("{:%H:%M:%S}", fmt::gmtime(seconds));
}

} // namespace

LivePicture::LivePicture(Subject subject, drain::Action action, Instant begun)
    : subject_(std::move(subject)), action_(action), begun_(begun) {}

void LivePicture::take(const drain::Event& event, Instant at) {
    if (const auto* matched = std::get_if<drain::Matched>(&event)) matched_ = *matched;
    if (const auto* advanced = std::get_if<drain::Advanced>(&event)) advanced_ = *advanced;
    if (const auto* noted = std::get_if<drain::Noted>(&event)) note(noted->what, at);
    if (const auto* started = std::get_if<drain::Started>(&event)) {
        started_ = true;
        if (started->order.errand != advanced_.errand) advanced_ = {.errand = started->order.errand};
    }
}

void LivePicture::note(const std::string& words, Instant at) {
    notes_.push_back(clock_time(at) + " " + words);
    if (notes_.size() > most_notes) notes_.erase(notes_.begin());
}

std::string LivePicture::bar(const Screen& screen) const {
    if (screen.width < 4) return "";
    const std::size_t length = std::min(widest_bar, screen.width - 2);
    const auto targeted = static_cast<std::size_t>(std::max(advanced_.targeted, 0));
    const auto completed = std::min(static_cast<std::size_t>(std::max(advanced_.completed, 0)), targeted);
    // Full only when all of them are.
    const std::size_t filled = targeted == 0 ? 0 : length * completed / targeted;
    return "[" + coloured(green, std::string(filled, '#'), screen) + std::string(length - filled, '-') + "]";
}

std::string LivePicture::count_sentence() const {
    if (!started_) return "looking who is there";
    const auto targeted = counted(static_cast<std::size_t>(std::max(advanced_.targeted, 0)), "instance");
    if (advanced_.errand == drain::Errand::ask)
        return fmt::format("asking each worker what it does now: {} of {} answered", advanced_.completed,
                           targeted);
    if (advanced_.targeted == 0) return "told; SSM has not said yet how many instances it reaches";
    return fmt::format("{} of {} finished", advanced_.completed, targeted);
}

std::string LivePicture::time_sentence(Instant now) const {
    std::string sentence = "elapsed " + in_words(now - begun_);
    if (!subject_.deadline) return sentence;
    const Duration left = std::max<Duration>(*subject_.deadline - now, Duration{0});
    return sentence +
           fmt::format("; deadline in {} ({} UTC)", in_words(left), clock_time(*subject_.deadline));
}

std::vector<std::string> LivePicture::environment_lines(std::size_t room) const {
    const auto& all = matched_.environments;
    if (all.empty() || room < 2) return {};
    std::vector<std::string> lines{fmt::format("{}, {}:", counted(all.size(), "environment"),
                                               matched_.instances ? counted(*matched_.instances, "instance")
                                                                  : "an unknown number of instances")};
    const std::size_t most = std::min(most_environments, room - 1);
    const std::size_t shown = all.size() <= most ? all.size() : most - 1;
    for (std::size_t i = 0; i < shown; ++i)
        lines.push_back(fmt::format("  {} ({})", all[i].name, all[i].status));
    if (shown < all.size()) lines.push_back(fmt::format("  and {} more", all.size() - shown));
    return lines;
}

std::vector<std::string> LivePicture::draw(Instant now, const Screen& screen) const {
    const auto fit = [&screen](const std::string& text) { return fitting(text, screen.width); };
    std::vector<std::string> lines{
        coloured(bold,
                 fit(fmt::format("NOT YET {}: \"{}\" of {} in {}", end_of(action_),
                                 in_brief(subject_.pattern), subject_.application, subject_.region)),
                 screen),
        bar(screen), fit(count_sentence()), fit(time_sentence(now))};
    const int left = advanced_.targeted - advanced_.completed;
    if (advanced_.errand == drain::Errand::act && left > 0) {
        lines.push_back(fit("the others run jobs, or have not answered yet;"));
        lines.push_back(fit("who they are, and their jobs: at the end, or at the deadline"));
    }
    lines.push_back(fit("Ctrl-C ends the watching; the workers go on as told"));
    const auto room = [&] { return screen.height > lines.size() ? screen.height - lines.size() : 0; };
    for (const auto& line :
         environment_lines(room() > 4 ? room() - 4 : 0)) // the latest notes have their place
        lines.push_back(fit(line));
    const std::size_t shown = std::min(notes_.size(), room());
    for (auto note = notes_.end() - static_cast<std::ptrdiff_t>(shown); note != notes_.end(); ++note)
        lines.push_back(fit(*note));
    if (lines.size() > screen.height) lines.resize(screen.height);
    return lines;
}

} // namespace snow_white::report
