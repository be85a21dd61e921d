"""The four questions of ../shared/aws-truth.md that only a real account answers, tried on a fleet
of the run's own.

Where AWS promises nothing the answer is recorded and not judged. A test fails only on an answer
that the program could not handle. The order counts: the last test terminates the instance that the
others need."""

import json
import time

import pytest


def steps_of(fleet):
    found = fleet.account.call("ssm", "GetDocument", {"Name": fleet.document, "DocumentVersion": "$LATEST"})
    return [step["name"] for step in json.loads(found["Content"])["mainSteps"]]


def test_in_what_order_steps_come_back(fleet, answer):
    """The program finds a step by its name; it must be there, once."""
    steps = steps_of(fleet)
    if len(steps) < 2:
        pytest.skip(f"{fleet.document} has one step, so there is no order to see")
    orders = []
    for _ in range(3):
        command = fleet.send()
        fleet.wait_for_end(command)
        for invocation in fleet.invocations(command):
            orders.append([plugin["Name"] for plugin in invocation["CommandPlugins"]])
    different = sorted({", ".join(order) for order in orders})
    answer(f"the document has {', '.join(steps)}; {len(orders)} invocations had {' / '.join(different)}")
    assert orders and all(sorted(order) == sorted(steps) for order in orders), orders


def versions_of(fleet):
    document = fleet.account.call("ssm", "DescribeDocument", {"Name": fleet.document})["Document"]
    return document["DefaultVersion"], document["LatestVersion"]


def test_which_version_of_a_document_an_update_makes_the_default(fleet, answer):
    """The program sends $LATEST: that must be the new one."""
    default, latest = versions_of(fleet)
    fleet.change_document()
    new_default, new_latest = versions_of(fleet)
    answer(f"before the stack's update: default {default}, latest {latest}; after it: default {new_default}, latest {new_latest}")
    assert int(new_latest) > int(latest)
    command = fleet.send()
    fleet.wait_for_end(command)
    outputs = [p["Output"] for i in fleet.invocations(command) for p in i["CommandPlugins"]]
    assert outputs and all("second" in output for output in outputs), outputs


def asked_by_id(fleet, instance):
    """What SendCommand answers for one ID: its command, or the refusal."""
    asked = {"DocumentName": fleet.document, "InstanceIds": [instance], "TimeoutSeconds": fleet.delivery_timeout}
    try:
        return fleet.account.call("ssm", "SendCommand", asked)["Command"]["CommandId"], "accepted"
    except fleet.account.client("ssm").exceptions.ClientError:
        return None, fleet.account.recorder.last.code


def statuses(fleet, command, instance):
    found = [i["StatusDetails"] for i in fleet.invocations(command) if i["InstanceId"] == instance]
    return found[0] if found else "no invocation"


def test_what_becomes_of_a_command_to_an_instance_that_is_stopped_and_started(fleet, answer):
    instance = sorted(fleet.instances())[0]
    commands = []
    try:
        fleet.stop(instance)
        fleet.wait(f"{instance} stopped", lambda: fleet.state_of(instance) == "stopped", 300)
        commands.append(fleet.send(Targets=fleet.by_tag, TimeoutSeconds=fleet.delivery_timeout))
        by_id, said = asked_by_id(fleet, instance)
        commands += [by_id] if by_id else []
        time.sleep(fleet.stopped_for)
        answer(f"sent by tag while it is stopped: {fleet.command(commands[0])['TargetCount']} targets, "
               f"{statuses(fleet, commands[0], instance)} after {fleet.stopped_for} s; sent by its id: {said}"
               + (f", {statuses(fleet, by_id, instance)}" if by_id else ""))
        fleet.start(instance)
        fleet.wait(f"{instance} running", lambda: fleet.state_of(instance) == "running", 300)
        fleet.wait(f"the agent of {instance} online", lambda: fleet.is_online(instance), 600)
        watch_the_end(fleet, commands, instance, answer)
    finally:
        if fleet.state_of(instance) == "stopped":
            fleet.start(instance)
        for command in commands:
            fleet.account.call("ssm", "CancelCommand", {"CommandId": command})


def watch_the_end(fleet, commands, instance, answer):
    seen, begun = {}, time.monotonic()
    while time.monotonic() - begun < fleet.watched_for:
        now = {command: statuses(fleet, command, instance) for command in commands}
        if now != seen:
            answer(f"{time.monotonic() - begun:.0f} s after its agent came back: {', '.join(now.values())} (in the order of sending)")
            seen = now
        if not set(now.values()) & {"Pending", "InProgress", "Delayed"}:
            break
        time.sleep(fleet.look_every)
    known = {"Pending", "InProgress", "Delayed", "Success", "Failed", "Cancelled", "DeliveryTimedOut", "ExecutionTimedOut",
             "Undeliverable", "Terminated", "TimedOut", "no invocation"}
    assert set(seen.values()) <= known, f"the program does not know one of {seen}"


def test_whether_a_terminated_instance_is_a_target_of_its_tag(fleet, answer):
    """The program does not wait for an instance that EC2 does not show as running; this shows
    whether SSM does."""
    instance = sorted(fleet.instances())[0]
    fleet.terminate(instance)
    begun = time.monotonic()
    for after in fleet.looks_after_termination:
        time.sleep(max(0, begun + after - time.monotonic()))
        command = fleet.send(Targets=fleet.by_tag, TimeoutSeconds=30)
        time.sleep(fleet.settle)
        found = {i["InstanceId"] for i in fleet.invocations(command)}
        answer(f"{after} s after the termination: EC2 says {fleet.state_of(instance)}; TargetCount "
               f"{fleet.command(command)['TargetCount']}, the terminated one {'is' if instance in found else 'is not'} among them")
        fleet.account.call("ssm", "CancelCommand", {"CommandId": command})
