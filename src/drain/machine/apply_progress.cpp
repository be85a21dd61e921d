#include "src/drain/machine/apply_results.hpp"

#include <utility>

namespace snow_white::drain {

// A command that SSM has not known for forgotten_patience counts as over, without results: the next
// discovery shows who needs a new one.
ProgressNews apply_progress(std::vector<OpenCommand>& commands,
                            const std::vector<CommandProgress>& progress, Now now) {
    ProgressNews news;
    std::size_t answer = 0;
    for (auto& command : commands) {
        if (command.progress.over || answer == progress.size()) continue;
        const auto& seen = progress[answer++];
        if (seen.known) { // counts do not decrease: a lower one is an older answer
            const CommandProgress before = std::exchange(command.progress, seen);
            command.progress.completed = std::max(seen.completed, before.completed);
            command.progress.targeted = std::max(seen.targeted, before.targeted);
            command.unknown_since.reset();
            news.cancel_begun = news.cancel_begun || (seen.cancelling && !before.cancelling);
            continue;
        }
        if (!command.unknown_since) command.unknown_since = now.elapsed;
        if (now.elapsed - *command.unknown_since >= forgotten_patience) {
            command.progress.over = true;
            news.events.emplace_back(Notice{"SSM no longer knows command " + command.id.text});
        }
    }
    return news;
}

} // namespace snow_white::drain
