# What Sidekiq itself reads of a Redis, as one line of JSON. In: REDIS_URL.
require 'sidekiq/api'

processes = Sidekiq::ProcessSet.new(false).map do |one| # true would delete the dead
  [one['hostname'], one['pid'], one['busy'], one.stopping?, one['concurrency'], one['queues']]
end
# Sidekiq::Workers, and hashes in it, before 7.
working = defined?(Sidekiq::WorkSet) ? Sidekiq::WorkSet : Sidekiq::Workers
jobs = working.new.map do |identity, _thread, work|
  job = work.respond_to?(:job) ? work.job : Sidekiq::JobRecord.new(work['payload'])
  run_at = work.respond_to?(:run_at) ? work.run_at : work['run_at']
  [identity.rpartition(':').first, job.display_class, job.queue, run_at.to_i]
end
queues = Sidekiq::Queue.all.to_h { |queue| [queue.name, queue.size] }
sets = [Sidekiq::ScheduledSet, Sidekiq::RetrySet, Sidekiq::DeadSet].map { |set| set.new.size }
puts JSON.generate('version' => Sidekiq::VERSION, 'processes' => processes, 'jobs' => jobs, 'queues' => queues, 'sets' => sets)
