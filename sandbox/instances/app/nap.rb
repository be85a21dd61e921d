# The application that the workers of booted instances run. Its jobs only sleep, and each writes its
# start and end into Redis. From these hashes a ledger is kept without Sidekiq's own counts:
#   hash ledger:started  jid -> how often it began
#   hash ledger:host     jid -> where it began last
#   hash ledger:failed   jid -> how often it failed on purpose
#   hash ledger:done     jid -> how often it ended
require 'sidekiq'
require 'socket'

class Nap
  include Sidekiq::Worker
  sidekiq_options retry: 5

  def perform(seconds)
    note_start
    sleep seconds
    count 'done'
  end

  private

  def count(what)
    Sidekiq.redis { |redis| redis.hincrby("ledger:#{what}", jid, 1) }
  end

  def note_start
    Sidekiq.redis { |redis| redis.hset('ledger:host', jid, Socket.gethostname) }
    count 'started'
  end
end

# Fails the first time; Sidekiq retries it a second later.
class Stumble < Nap
  sidekiq_retry_in { 1 }

  def perform(seconds)
    # true before Sidekiq 7, 1 since
    return super if [true, 1].include?(Sidekiq.redis { |redis| redis.hexists('ledger:failed', jid) })

    note_start
    count 'failed'
    raise 'stumbled'
  end
end

# Sets another process title until the next heartbeat.
class Rename < Nap
  def perform(seconds)
    $0 = 'import: row 5 of 9'
    super
  end
end

# Traps a signal in the worker, and forks a process that has the worker's title and ignores TERM.
class Helper < Nap
  def perform(seconds)
    note_start
    before = trap('USR2') {}
    helper = fork do
      trap('TERM') {}
      sleep seconds
      exit!
    end
    Process.wait(helper)
    trap('USR2', before)
    count 'done'
  end
end
