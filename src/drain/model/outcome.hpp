// What an action has come to on one instance.
#pragma once

namespace snow_white::drain {

enum class Outcome {
    pending,     // its command has not ended
    done,        // as asked, by the instance's own line and by the verification
    already,     // it was as asked before the command
    completed,   // SSM reports success, without a line: what the workers do was not seen
    no_worker,   // no Sidekiq there; never counts as done
    busy,        // a worker runs a job and was left alone
    awake,       // quieted or stopped, and seen taking jobs afterwards
    asleep,      // woken, and seen not taking jobs afterwards
    booting,     // a worker is still starting: it takes jobs soon
    suspended,   // a signal has stopped a worker's process together with its jobs
    failed,      // by the script or by SSM
    refused,     // SSM or the agent would not run the command there
    timed_out,   // it ran longer than the document allows, or was not fetched in time
    cancelled,   // somebody cancelled the command
    unreachable, // no SSM agent answers
    unknown,     // what its workers do is not known
    gone,        // terminated or shutting down: nothing runs there
    off,         // stopped in EC2: nothing runs there
};

// Nothing runs there.
constexpr bool is_gone(Outcome outcome) {
    return outcome == Outcome::gone || outcome == Outcome::off;
}

// As asked, or gone.
constexpr bool is_success(Outcome outcome) {
    return outcome == Outcome::done || outcome == Outcome::already ||
           outcome == Outcome::completed || is_gone(outcome);
}

} // namespace snow_white::drain
