// How long and how often: the numbers of the drain. docs/design.md explains most of them.
#pragma once

#include "src/base/clock.hpp"

#include <cstddef>

namespace snow_white::drain {

// Polling.
inline constexpr std::chrono::milliseconds shortest_poll{
    1'000}; // between two questions for the progress
inline constexpr std::chrono::milliseconds shortest_poll_of_verification{500};
inline constexpr std::chrono::milliseconds longest_poll{6'500};
inline constexpr std::chrono::milliseconds poll_near_the_end{
    1'700};                                           // while there are calls to spare
inline constexpr std::chrono::seconds time_a_call{4}; // on average, in a drain of two hours or more
inline constexpr std::chrono::hours time_of_the_average{2};
inline constexpr int calls_around_a_drain = 30; // before and after the waiting
inline constexpr int calls_for_changes = 4;
inline constexpr std::chrono::seconds changes_interval{120};
inline constexpr std::chrono::minutes look_interval{
    30}; // at the whole fleet; the first comes with the changes

// AWS does not answer, or answers late.
inline constexpr std::chrono::minutes start_patience{1}; // before anything is sent
inline constexpr std::chrono::seconds outage_pause{30};
inline constexpr std::chrono::minutes longest_send_pause{
    5}; // between two SendCommands whose answers are lost
inline constexpr std::chrono::minutes denied_patience{3}; // a right that was there and is gone
inline constexpr std::chrono::minutes absent_patience{3}; // for a status document that was there
inline constexpr std::chrono::seconds short_outage{10};   // of which nothing is said
inline constexpr std::chrono::minutes quiet_outage{
    10};                                            // before people who are not looking hear of it
inline constexpr std::chrono::seconds list_lag{20}; // until SSM lists a command that it has taken
inline constexpr std::chrono::seconds list_pause{
    5}; // before a list that lacks something is read again
inline constexpr std::chrono::minutes young_command{
    15}; // by SSM's stamp and our wall clock, which may differ
inline constexpr std::chrono::minutes list_patience{
    10}; // for a list that does not agree with its count
inline constexpr std::chrono::minutes forgotten_patience{
    2}; // until a command that SSM does not know is gone
inline constexpr std::chrono::minutes command_life{
    5}; // until then an instance may begin it: ExpiresAt
inline constexpr std::chrono::seconds lookup_margin{60}; // by which SSM's clock may lag behind ours

// Instances.
inline constexpr std::chrono::minutes boot_patience{10}; // from an instance's launch to its agent
inline constexpr std::chrono::minutes first_seen_patience{5}; // the same, from when we saw it first
inline constexpr std::chrono::minutes young{30};         // by EC2's stamp: it may still be booting
inline constexpr std::chrono::minutes lost_patience{10}; // for an agent that lost its connection
inline constexpr std::chrono::minutes unlisted_patience{20}; // for one that no list of EC2's has
inline constexpr std::chrono::minutes delivery_patience{
    3}; // for a pending command, from a start in EC2
inline constexpr std::chrono::minutes gone_interval{
    1}; // between the two times that EC2 is asked for an id
inline constexpr std::chrono::seconds empty_interval{20}; // of empty lists: then the fleet is empty
inline constexpr std::chrono::seconds refused_pause{60}; // before SSM is offered a refused id again
inline constexpr int most_refusals = 3;
inline constexpr std::chrono::minutes refused_again_pause{10}; // … and after so many in a row
inline constexpr int most_attempts = 5;                        // of the action on one instance
inline constexpr int most_silent_attempts = 2; // … on one that never answered for itself

// Verifications.
inline constexpr std::chrono::seconds status_patience{
    60}; // for its answers: the document takes about a second
inline constexpr std::chrono::seconds verification_validity{60}; // from its begin …
inline constexpr std::chrono::milliseconds validity_for_each{
    20}; // … and for each instance: pages to read
inline constexpr std::chrono::seconds first_verify_pause{10};
inline constexpr std::chrono::minutes longest_verify_pause{10};
inline constexpr std::chrono::minutes unclear_patience{
    30}; // for an instance that does not say what it does
inline constexpr std::chrono::minutes missing_worker_patience{
    3};                                                   // for a worker that is between two starts
inline constexpr std::chrono::minutes asleep_patience{1}; // for a woken one to take jobs
// While others go on, those that have finished are asked what they do now: somebody may have
// started their workers anew. The larger the fleet, the seldomer.
inline constexpr std::chrono::minutes recheck_interval{30};
inline constexpr std::size_t rechecked_each_interval =
    1'000; // instances; it is longer in proportion
inline constexpr std::size_t most_in_doubt =
    500; // that are asked at one time whether their script runs
inline constexpr std::chrono::minutes deploy_patience{30}; // for EB to end a deploy
inline constexpr std::chrono::seconds rediscover_pause{10};
// Without a look at the environments: a deploy may have gone unseen. No pause of ours is as long.
inline constexpr std::chrono::minutes unseen_deploy{15};

// What people are told.
inline constexpr std::size_t most_names = 8; // of instances, at one time
inline constexpr std::chrono::minutes heartbeat_interval{15};
inline constexpr std::chrono::minutes straggling{
    60}; // since the start: who has not finished is named, once
inline constexpr std::chrono::minutes longest_notice{
    30}; // that the deadline comes: a tenth of the time …
inline constexpr std::chrono::minutes shortest_notice{5}; // … and none where that is less

} // namespace snow_white::drain
