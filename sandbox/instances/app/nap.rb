# The application that the workers of booted instances run: jobs that do nothing but take their time, and say
# so in Redis from inside the job. A ledger can thus be kept from outside Sidekiq.
#   hash ledger:started  jid -> how often it was begun
#   hash ledger:host     jid -> where it was begun last
#   hash ledger:failed   jid -> how often it failed, as it was meant to
#   hash ledger:done     jid -> how often it came to its end
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

# Fails at first, and is retried a second later.
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

# Shows another title until the next heartbeat.
class Rename < Nap
  def perform(seconds)
    $0 = 'import: row 5 of 9'
    super
  end
end

# Traps a signal of the worker's, and leaves the work to a process that carries the worker's title and does not end by TERM.
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
