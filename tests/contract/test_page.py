"""The page at `/` in a real browser: the fleet, Slack's markup as markup, and what came from
outside as text."""

import json
import re
import urllib.request

import pytest

from browser import drawn
from sandbox_process import ROOT

SANDBOX_ARGUMENTS = ["--environment", "acme-workers=2", "--environment", "acme-many=61", "--environment", "acme-web=1:web",
                     "--simulated", "--drain", "2s"]
WEBHOOK = "/services/T0SANDBOX/B0SANDBOX/secret"
PICTURE = "/_sandbox/emoji/snowwhite.png"
MARKUP = {
    "*bold* _it_ ~no~ `c*d*`": "<b>bold</b> <i>it</i> <s>no</s> <code>c*d*</code>",
    "```\na\n  b\n```": "<pre>a\n  b\n</pre>",
    "<https://x.example/a?b=1&amp;c|see>": '<a href="https://x.example/a?b=1&amp;c">see</a>',
    "<@U0ALICE00> <!channel>": '<b class="mention">@U0ALICE00</b> <b class="mention">@channel</b>',
    "<!date^1764104400^{date_short_pretty} {time}|x>": "<time>2025-11-25 21:00</time>",
    "<!date^soon^{time}|x>": "x",
    "a :zzz: c :nosuch: :constructor:": "a 💤 c :nosuch: :constructor:",
    "a :snowwhite:": f'a <img class="emoji" alt=":snowwhite:" src="{PICTURE}">',
    "_a *b* :warning: c_\n~d~, 2*3*4": "<i>a <b>b</b> ⚠️ c</i><br><s>d</s>, 2*3*4",
    "*open `tick <half": "*open `tick &lt;half",
}
# What is escaped, and what is no markup of Slack's, is shown as text.
HOSTILE = {
    '&lt;http://x|y&gt; &amp;lt; & "': '&lt;http://x|y&gt; &amp;lt; &amp; "',
    "<script>alert(1)</script>": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "```<img src=x onerror=y>```": "<pre>&lt;img src=x onerror=y&gt;</pre>",
    "`<b>`": "<code>&lt;b&gt;</code>",
    "<javascript:alert(1)|x>": "&lt;javascript:alert(1)|x&gt;",
    '<http://x"onclick="y|z>': '<a href="http://x&quot;onclick=&quot;y">z</a>',
}


def post(sandbox, payload):
    request = urllib.request.Request(sandbox.url + WEBHOOK, data=json.dumps(payload).encode(),
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.read() == b"ok"


def text(words, kind="mrkdwn"):
    return {"type": kind, "text": words}


@pytest.fixture(scope="module")
def page(sandbox):
    for words in MARKUP | HOSTILE:
        post(sandbox, {"text": words, "channel": "#markup"})
    post(sandbox, {"text": "*x*\ny", "mrkdwn": False})
    post(sandbox, {"text": "the words", "icon_emoji": ":snowwhite:", "username": "Snow & White", "blocks": [
        {"type": "header", "text": text("A <b>", "plain_text")}, {"type": "section", "fields": [text("*x*")] * 2},
        {"type": "context", "elements": [text("small")]}]})
    return drawn(sandbox.url)


@pytest.fixture(scope="module")
def made_up(sandbox, tmp_path_factory):
    """made_up(script) is the page where `fetch` is what the script defines."""
    folder = tmp_path_factory.mktemp("pages")

    def draw(script, milliseconds=1000):
        file = folder / "page.html"
        file.write_text(sandbox.get("/").replace("<script>", f"<script>{script}</script><script>", 1))
        return drawn(file.as_uri(), milliseconds)
    return draw


def test_the_file_is_served_as_it_is(sandbox):
    assert sandbox.get("/") == (ROOT / "sandbox/server/page.html").read_text()


def test_nothing_comes_from_outside(sandbox, page):
    assert set(re.findall(r"<(?:script|link|img)[^>]+(?:src|href)\s*=\s*\"([^\"]*)", page)) == {PICTURE}
    assert not re.search(r"<(script|link|img)[^>]+(src|href)", sandbox.get("/"))


@pytest.mark.parametrize("written", MARKUP | HOSTILE)
def test_markup_is_shown_and_nothing_else_gets_into_the_page(page, written):
    assert f'<div class="section">{(MARKUP | HOSTILE)[written]}</div>' in page


def test_blocks_are_shown_in_place_of_the_text(page):
    assert ('<h4>A &lt;b&gt;</h4><div class="fields"><div><b>x</b></div><div><b>x</b></div></div>'
            '<div class="elements"><div>small</div></div>') in page
    assert "the words" not in page and '<div class="section">*x*<br>y</div>' in page


def test_who_wrote_and_where(page):
    assert (f'<div class="avatar"><img class="emoji" alt=":snowwhite:" src="{PICTURE}"></div>'
            '<div class="body"><div><b>Snow &amp; White</b>') in page
    assert '<div class="avatar">💬</div>' in page
    assert re.findall(r'<section class="card channel"><h3>([^<]*)', page) == ["# markup", "the webhook's channel"]
    assert f"</a> · <span>{len(MARKUP | HOSTILE) + 2}</span></h2>" in page


def test_the_fleet_is_shown(page):
    assert page.count('<section class="card"><div class="top"><h3>acme-') == 3
    assert page.count('<div class="instance">') == 3 and page.count('<div class="bar">') == 2
    assert page.count("no Sidekiq") == 1 and "1 instance</div>" in page
    dense = re.search(r'<div class="dense">(.*?)</div>', page)[1]
    assert len(re.findall(r'<i class="\w+" title="i-[0-9a-f]+ \d+ of \d+"></i>', dense)) == 61
    assert "61 instances · 61 " in page


def test_it_draws_itself_anew_each_two_seconds(made_up):
    # In a browser under load its virtual time begins before the script does: so what it waits for
    # is noted, not measured.
    script = """let drawn = 0, waits = []; const wait = window.setTimeout;
      window.setTimeout = (then, milliseconds) => { waits.push(milliseconds); return wait(then, milliseconds); };
      window.fetch = async path => ({json: async () => path.endsWith("fleet") ? {environments: []}
        : [{at: "2026-01-01T00:00:00Z", channel: "", payload: {text: `drawing ${++drawn} waited ${waits}.`}}]});"""
    drawing, waits = re.search(r"drawing (\d+) waited ([\d,]+)\.", made_up(script, 9000)).groups()
    assert int(drawing) >= 2 and waits.split(",") == ["2000"] * (int(drawing) - 1)


def test_it_says_when_the_sandbox_does_not_answer(made_up):
    fetch = """let asked = 0; window.fetch = async path => { if (++asked > 2) throw new TypeError("gone");
      return {json: async () => path.endsWith("fleet") ? {environments: []} : []}; };"""
    page = made_up(fetch, 5000)
    assert "the sandbox does not answer: gone" in page and "There is no environment." in page and "Nothing yet." in page


def test_no_word_of_the_answers_becomes_markup(made_up):
    """Not even where the sandbox itself would refuse it."""
    evil = '\'"><img src=x onerror="document.title=`broken`">'
    worker = {"state": evil, "busy": evil, "of": 1, "unit": evil}
    instances = [{"id": evil, "state": evil, "agent": evil, "workers": workers} for workers in ([worker], [])]
    environment = {"name": evil, "application": evil, "region": evil, "id": evil, "status": evil}
    message = {"at": evil, "channel": evil, "username": evil, "icon_emoji": evil, "ts": "1", "payload": {"text": evil}}
    blocks = [{"type": kind, "text": text(evil, way), "fields": [text(evil)], "elements": [text(evil)]}
              for kind in ("header", "section", evil) for way in ("plain_text", "mrkdwn")]
    answers = {"/_sandbox/fleet": {"environments": [environment | {"instances": instances},
                                                    environment | {"instances": instances * 40}]},
               "/_sandbox/slack": [message, message | {"thread_ts": "1"}, message | {"payload": {"blocks": blocks}}]}
    said = json.dumps(answers).replace("<", "\\u003c")
    page = made_up(f"window.fetch = async path => ({{json: async () => ({said})[path]}});")
    assert page.count("onerror") > 20 and "<img" not in page and "<title>Snow White sandbox</title>" in page
