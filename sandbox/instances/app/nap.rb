# The application that the workers of booted instances run: jobs that do nothing but take their time, and say
# so in Redis from inside the job. A ledger can thus be kept from outside Sidekiq.
#   hash ledger:started  jid -> how often it was begun
#   hash ledger:done     jid -> how often it came to its end
require 'sidekiq'

class Nap
  include Sidekiq::Worker
  sidekiq_options retry: 5

  def perform(seconds)
    Sidekiq.redis { |redis| redis.hincrby('ledger:started', jid, 1) }
    sleep seconds
    Sidekiq.redis { |redis| redis.hincrby('ledger:done', jid, 1) }
  end
end
