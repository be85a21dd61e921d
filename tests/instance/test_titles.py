"""Titles to which an application has added words, with a real Sidekiq on a booted instance."""

from booted import together, wait_for

# From Sidekiq's own list. `leader` is what Enterprise adds.
ADDS = """require '/srv/app/nap.rb'
require 'sidekiq/launcher'
titles = Sidekiq::Launcher::PROCTITLES
titles.unshift(proc { '[shop] production:' })
titles.insert(-2, proc { 'leader' })
"""


@together("sidekiq")
def test_words_before_sidekiq_and_before_stopping(place):
    place.wait_until_up()
    place.write("/srv/app/adds.rb", ADDS)
    place.sh("sed -i s/nap.rb/adds.rb/ /etc/systemd/system/sidekiq.service; systemctl daemon-reload; systemctl restart sidekiq")
    shown = "[shop] production: sidekiq 6.4.1  [0 of 5 busy] leader"
    wait_for("its title", lambda: shown in place.sh("ps -eo args=").stdout, 30)
    job = place.enqueue(15)
    wait_for("the job to start", lambda: place.started(job), 10)
    said = place.run("quiet")
    assert (said.outcome, said.states, said.workers[0]["version"]) == ("done", ["idle"], "6.4.1"), said.line
    assert place.done(job) == 1 and f"{shown} stopping" in place.sh("ps -eo args=").stdout
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"]), woken.line
