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
