"""The sandbox's Web API of Slack, tested with Slack's own client for Python: what it accepts and
what it refuses, with Slack's errors."""

import json
import urllib.request

import pytest
import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from browser import drawn
from sandbox_process import ROOT

# A channel accepts five messages in five seconds: each test that posts has a channel of its own.
SANDBOX_ARGUMENTS = ["--environment", "acme-workers=1", "--simulated"]
TOKEN, BARE = "xoxb-sandbox-secret", "xoxb-sandbox-without-scopes"
CONFIGURATION = "xoxe.xoxp-sandbox-configuration"
HEADER = {"type": "header", "text": {"type": "plain_text", "text": "x"}}


@pytest.fixture
def slack(sandbox):
    """slack() is Slack's own client, with the bot's token or another."""
    sandbox.post("faults", [])
    return lambda token=TOKEN: WebClient(token=token, base_url=sandbox.exports["SLACK_API_URL"], retry_handlers=[])


def refused(call, **arguments):
    with pytest.raises(SlackApiError) as error:
        call(**arguments)
    return error.value.response


def last(sandbox):
    return sandbox.look("slack")[-1]


def test_who_the_token_is(slack):
    answer = slack().auth_test()
    assert (answer["team"], answer["user"], answer["bot_id"]) == ("Sandbox", "snow_white", "B0SANDBOX")


def test_a_message_its_edit_and_its_thread(sandbox, slack):
    first = slack().chat_postMessage(channel="#deploys", text="3 of 4", blocks=[HEADER])
    assert first["channel"] == "C0DEPLOYS" and first["message"]["text"] == "3 of 4"
    before = len(sandbox.look("slack"))
    slack().chat_update(channel=first["channel"], ts=first["ts"], text="4 of 4", blocks=[HEADER])
    edited = last(sandbox)
    assert len(sandbox.look("slack")) == before, "an edit is no new message"
    assert edited["text"] == "4 of 4" and [e["instead_of"] for e in edited["edits"]] == ["3 of 4"]
    reply = slack().chat_postMessage(channel=first["channel"], text="a detail", thread_ts=first["ts"])
    assert last(sandbox)["thread_ts"] == first["ts"] and reply["ts"] > first["ts"]
    thread = drawn(sandbox.url).partition('<div class="thread">')[2]
    assert "a detail" in thread, "the page shows the reply under it"


def test_a_person_by_email_and_a_direct_message(sandbox, slack):
    person = slack().users_lookupByEmail(email="alice@example.com")["user"]["id"]
    first = slack().chat_postMessage(channel=person, text="hello")
    assert first["channel"] == "D0ALICE00" and last(sandbox)["channel"] == person
    slack().chat_update(channel=first["channel"], ts=first["ts"], text="hello again")
    assert refused(slack().chat_update, channel=person, ts=first["ts"], text="x")["error"] == "channel_not_found"


@pytest.mark.parametrize("method, arguments, error", [
    ("chat_postMessage", {"channel": "#private", "text": "x"}, "channel_not_found"),
    ("chat_postMessage", {"channel": "#not-invited", "text": "x"}, "not_in_channel"),
    ("chat_postMessage", {"channel": "#archived", "text": "x"}, "is_archived"),
    ("chat_postMessage", {"channel": "U0NOBODY0", "text": "x"}, "channel_not_found"),
    ("chat_postMessage", {"channel": "#deploys", "text": ""}, "no_text"),
    ("chat_postMessage", {"channel": "#deploys", "text": "x" * 40_001}, "msg_too_long"),
    ("chat_postMessage", {"channel": "#deploys", "text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
    ("chat_postMessage", {"channel": "#deploys", "text": "x", "blocks": [HEADER] * 51}, "invalid_blocks"),
    ("chat_postMessage", {"channel": "#deploys", "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
    ("chat_update", {"channel": "C0NOWHERE", "ts": "1.2", "text": "x"}, "channel_not_found"),
    ("users_lookupByEmail", {"email": "nobody@example.com"}, "users_not_found"),
])
def test_what_it_refuses(sandbox, slack, method, arguments, error):
    before = len(sandbox.look("slack"))
    assert refused(getattr(slack(), method), **arguments)["error"] == error
    assert len(sandbox.look("slack")) == before


def test_an_unknown_message_is_not_edited(slack):
    channel = slack().chat_postMessage(channel="#deploys", text="x")["channel"]
    assert refused(slack().chat_update, channel=channel, ts="1.2", text="y")["error"] == "message_not_found"


def test_an_edit_of_the_text_alone_removes_the_blocks(sandbox, slack):
    first = slack().chat_postMessage(channel="#words-alone", text="x", blocks=[HEADER])
    slack().chat_update(channel=first["channel"], ts=first["ts"], text="y")
    assert "blocks" not in last(sandbox)["payload"]


def test_tokens(slack):
    assert refused(slack("xoxb-of-another").auth_test)["error"] == "invalid_auth"
    assert refused(slack("").auth_test)["error"] == "not_authed"
    bare = slack(BARE)
    assert bare.auth_test()["ok"]
    for call, arguments, scope in [(bare.chat_postMessage, {"channel": "#deploys", "text": "x"}, "chat:write"),
                                   (bare.chat_update, {"channel": "C0DEPLOYS", "ts": "1.2", "text": "x"}, "chat:write"),
                                   (bare.users_lookupByEmail, {"email": "alice@example.com"}, "users:read.email")]:
        answer = refused(call, **arguments)
        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", scope, "users:read")


def our_manifest():
    return yaml.safe_load((ROOT / "images/slack-app-manifest.yml").read_text())


def test_our_apps_manifest_is_accepted(slack):
    manifest = our_manifest()
    assert slack(CONFIGURATION).apps_manifest_validate(manifest=json.dumps(manifest))["ok"]
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == {"chat:write", "users:read", "users:read.email"}


@pytest.mark.parametrize("change, pointer, said", [
    (lambda m: m["oauth_config"]["scopes"]["bot"].remove("users:read"), "/oauth_config/scopes/bot", "at the same time as users:read"),
    (lambda m: m["display_information"].pop("name"), "/display_information/name", "string"),
    (lambda m: m["display_information"].update(name="x" * 36), "/display_information/name", "35"),
    (lambda m: m["features"].pop("bot_user"), "/features/bot_user/display_name", "string")])
def test_a_manifest_that_slack_refuses(slack, change, pointer, said):
    manifest = our_manifest()
    change(manifest)
    answer = refused(slack(CONFIGURATION).apps_manifest_validate, manifest=json.dumps(manifest))
    assert answer["error"] == "invalid_manifest", answer.data
    [error] = answer["errors"]
    assert error["pointer"] == pointer and said in error["message"]


def test_only_a_configuration_token_validates_manifests(slack):
    assert refused(slack().apps_manifest_validate, manifest="{}")["error"] == "not_allowed_token_type"
    assert refused(slack(CONFIGURATION).auth_test)["error"] == "not_allowed_token_type"


def raw(sandbox, method, body, token=TOKEN, content_type="application/json; charset=utf-8"):
    headers = {"Content-Type": content_type} | ({"Authorization": "Bearer " + token} if token else {})
    request = urllib.request.Request(sandbox.exports["SLACK_API_URL"] + method, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


@pytest.mark.parametrize("body, content_type, error", [
    (b"no json", "application/json; charset=utf-8", "invalid_json"), (b"[]", "application/json", "json_not_object"),
    (b"{}", "text/xml", "invalid_post_type"), (b"channel=%23deploys&text=x&a-b=1", "application/x-www-form-urlencoded", "invalid_arg_name"),
    (b'{"text": "x"}', "application/json", "invalid_arguments"), (b'{"channel": "#deploys"}', "application/json", "no_text"),
])
def test_invalid_bodies(sandbox, body, content_type, error):
    assert raw(sandbox, "chat.postMessage", body, content_type=content_type)["error"] == error


def test_json_needs_the_token_in_its_header(sandbox):
    body = json.dumps({"token": TOKEN, "channel": "#deploys", "text": "x"}).encode()
    assert raw(sandbox, "chat.postMessage", body, token="")["error"] == "not_authed"
    form = f"token={TOKEN}&channel=%23forms&text=x".encode()
    assert raw(sandbox, "chat.postMessage", form, token="", content_type="application/x-www-form-urlencoded")["ok"]


def test_arguments_that_slack_does_not_know_are_ignored_and_a_missing_charset_is_said(sandbox):
    answer = raw(sandbox, "chat.postMessage", b'{"channel": "#arguments", "text": "x", "colour": "red"}', content_type="application/json")
    assert answer["ok"] and answer["warning"] == "missing_charset"


def test_unknown_methods(sandbox):
    assert raw(sandbox, "chat.delete", b"{}") == {"ok": False, "error": "unknown_method", "req_method": "chat.delete"}


def test_more_than_fifty_edits_a_minute_are_too_many(sandbox, slack):
    first = slack().chat_postMessage(channel="#edits", text="0")
    seen = None
    for i in range(51):
        try:
            slack().chat_update(channel=first["channel"], ts=first["ts"], text=str(i))
        except SlackApiError as error:
            seen = error.response
            break
    assert seen is not None and seen["error"] == "ratelimited" and int(seen.headers["Retry-After"]) > 0


def test_more_than_a_burst_of_messages_in_a_channel_is_too_many(sandbox, slack):
    seen = None
    for i in range(6):
        try:
            slack().chat_postMessage(channel="#burst", text=str(i))
        except SlackApiError as error:
            seen = error.response
    assert seen is not None and seen["error"] == "ratelimited" and seen.headers["Retry-After"] == "1"
    assert slack().chat_postMessage(channel="#elsewhere", text="another channel")["ok"]


@pytest.mark.parametrize("fault, status, error", [("throttled,first=1", 429, "ratelimited"), ("denied,first=1", 200, "access_denied"),
                                                  ("server-error,first=1", 500, "internal_error"),
                                                  ("unavailable,first=1", 503, "service_unavailable")])
def test_faults(sandbox, slack, fault, status, error):
    sandbox.post("faults", [f"slack:chat.postMessage={fault}"])
    answer = refused(slack().chat_postMessage, channel=f"#faults-{status}", text="x")
    assert (answer.status_code, answer["error"]) == (status, error)
    assert slack().chat_postMessage(channel=f"#faults-{status}", text="x")["ok"]


def test_a_chosen_error(sandbox, slack):
    sandbox.post("slack/fail", {"error": "restricted_action", "times": 1})
    assert refused(slack().chat_postMessage, channel="#choice", text="x")["error"] == "restricted_action"
    assert slack().chat_postMessage(channel="#choice", text="x")["ok"]
