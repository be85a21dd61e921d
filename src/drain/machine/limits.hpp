// The numbers of the drain: intervals, patiences and most counts. docs/design.md explains most of
// them. An interval is elapsed time, unless its comment names another clock.
#pragma once

#include "src/base/clock.hpp"

#include <cstddef>

namespace snow_white::drain {

// --- polling

// From one poll of the progress to the next.
inline constexpr std::chrono::milliseconds shortest_poll{1'000};
inline constexpr std::chrono::milliseconds shortest_poll_of_verification{500};
inline constexpr std::chrono::milliseconds longest_poll{6'500};
// While the call budget allows it.
inline constexpr std::chrono::milliseconds poll_near_the_end{1'700};
// The call budget: on average one call in this interval, over a drain of this period or longer.
inline constexpr std::chrono::seconds average_call_interval{4};
inline constexpr std::chrono::hours call_budget_period{2};
// Calls before and after the waiting, and calls of one PollFleetChanges.
inline constexpr int calls_outside_waiting = 30;
inline constexpr int calls_for_changes = 4;
inline constexpr std::chrono::seconds changes_interval{120};
// Between two discoveries while commands run. The first comes with the first poll for changes.
inline constexpr std::chrono::minutes discovery_interval{30};

// --- AWS does not answer, or answers late

inline constexpr std::chrono::minutes start_patience{1}; // before anything is sent
inline constexpr std::chrono::seconds outage_pause{30};
// Between two SendCommands whose answers are lost.
inline constexpr std::chrono::minutes longest_send_pause{5};
// For a right that AWS granted before and denies now.
inline constexpr std::chrono::minutes denied_patience{3};
// For a status document that existed before.
inline constexpr std::chrono::minutes absent_patience{3};
// A shorter outage is not reported.
inline constexpr std::chrono::seconds short_outage{10};
// A longer outage is an important notice.
inline constexpr std::chrono::minutes important_outage{10};
// Until SSM lists a command that it has accepted.
inline constexpr std::chrono::seconds list_lag{20};
// Before an incomplete list is read again.
inline constexpr std::chrono::seconds list_pause{5};
// By SSM's stamp and our wall clock, which may differ by minutes.
inline constexpr std::chrono::minutes young_command{15};
// For a list that does not agree with its command's count.
inline constexpr std::chrono::minutes list_patience{10};
// Until a command that SSM does not know counts as over.
inline constexpr std::chrono::minutes forgotten_patience{2};
// ExpiresAt: an instance may begin the command until then.
inline constexpr std::chrono::minutes command_life{5};
// By which SSM's clock may be behind ours.
inline constexpr std::chrono::seconds lookup_margin{60};

// --- instances

// From an instance's launch to the registration of its agent.
inline constexpr std::chrono::minutes boot_patience{10};
// At least so long from the discovery that showed it first.
inline constexpr std::chrono::minutes first_seen_patience{5};
// By EC2's stamp and our wall clock: a younger instance may still be booting.
inline constexpr std::chrono::minutes booting_age{30};
inline constexpr std::chrono::minutes lost_patience{10}; // for an agent without connection
// Of an agent: SSM calls none lost that has just pinged.
inline constexpr std::chrono::minutes ping_interval{5};
inline constexpr std::chrono::minutes unlisted_patience{20}; // for an instance that EC2 omits
// For a pending command, from the moment at which EC2 started the instance again.
inline constexpr std::chrono::minutes delivery_patience{3};
// Between the two times that EC2 is asked for an id that it does not know.
inline constexpr std::chrono::minutes gone_interval{1};
// EC2's lists have to be empty for so long before the fleet counts as empty.
inline constexpr std::chrono::seconds empty_interval{20};
// Before SSM gets a refused id again, and the pause after so many refusals in a row.
inline constexpr std::chrono::seconds refused_pause{60};
inline constexpr int most_refusals = 3;
inline constexpr std::chrono::minutes refused_again_pause{10};
// Commands of the action to one instance, and to one that never answered.
inline constexpr int most_attempts = 5;
inline constexpr int most_silent_attempts = 2;

// --- verifications

// For the answers: the status document takes about a second.
inline constexpr std::chrono::seconds status_patience{60};
// How long a verification is valid, from its begin: more for each instance, whose page is read.
inline constexpr std::chrono::seconds verification_validity{60};
inline constexpr std::chrono::milliseconds validity_for_each{20};
inline constexpr std::chrono::seconds first_verify_pause{10};
inline constexpr std::chrono::minutes longest_verify_pause{10};
// With --strict Redis is asked twice, so long apart. Each process writes itself into a Redis that
// was restarted within 10 s (Sidekiq's heartbeat), so one of the two shows it.
inline constexpr std::chrono::seconds strict_pause{11};
// What Redis has said counts for a report so long.
inline constexpr std::chrono::seconds fresh_look{3};
// In a row, the verifications that Sidekiq's Redis may contradict before the run ends.
inline constexpr int most_contradictions = 3;
// Between two reads of Sidekiq's Redis while the run waits, and after one that failed.
inline constexpr std::chrono::seconds sidekiq_interval{10};
inline constexpr std::chrono::minutes sidekiq_outage_pause{1};
// For an instance that does not say what its workers do.
inline constexpr std::chrono::minutes unclear_patience{30};
// For a worker that is between two starts.
inline constexpr std::chrono::minutes missing_worker_patience{3};
// For a woken worker that takes no jobs yet.
inline constexpr std::chrono::minutes asleep_patience{1};
// While others run, finished instances are verified again: their workers may have been started
// anew. The interval grows in proportion to the fleet.
inline constexpr std::chrono::minutes recheck_interval{30};
inline constexpr std::size_t rechecked_each_interval = 1'000; // instances
// Instances that are asked at one time whether their script runs.
inline constexpr std::size_t most_in_doubt = 500;
inline constexpr std::chrono::minutes deploy_patience{30}; // for EB to end a deploy
inline constexpr std::chrono::seconds rediscover_pause{10};
// EB's states were not read for so long, twice the interval of the polls: a deploy may have come
// and gone.
inline constexpr std::chrono::minutes missed_deploy_interval{4};

// --- notices

inline constexpr std::size_t most_names = 8; // of instances, in one notice
inline constexpr std::chrono::minutes heartbeat_interval{15};
// From the start: then the unfinished instances are named, once.
inline constexpr std::chrono::minutes straggler_delay{60};
// Before the deadline unfinished instances are named once: a tenth of the timeout before it, at
// most the first, and not at all where that is less than the second.
inline constexpr std::chrono::minutes longest_deadline_reminder{30};
inline constexpr std::chrono::minutes shortest_deadline_reminder{5};

} // namespace snow_white::drain
