"""Compares a value with a shape of botocore's models: types, members, required, min, max, pattern,
enum.

botocore itself checks little of that before it sends (min, types and required); AWS checks all of
it."""

import base64
import binascii

import regex  # for \p{L} and the like: the models' patterns are Java's

NUMBERS = {"integer": int, "long": int, "float": (int, float), "double": (int, float), "timestamp": (int, float)}


def check_value(shape, value, path=""):
    """Everything that is wrong with the value, one sentence each; `path` is its place."""
    check = {"structure": structure, "list": list_of, "map": map_of, "string": string, "character": string,
             "blob": blob, "boolean": boolean}.get(shape.type_name, number)
    return check(shape, value, path)


def below(path, member):
    return f"{path}.{member}" if path else member


def wrong_type(shape, value, path):
    return [f"{path or 'the input'} is {value!r}, the model has a {shape.type_name}"]


def out_of_range(shape, size, path, what):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is None or size >= low) and (high is None or size <= high):
        return []
    return [f"{path} has the {what} {size}, the model has {low} to {high}"]


def structure(shape, value, path):
    if not isinstance(value, dict):
        return wrong_type(shape, value, path)
    findings = [f"required member {below(path, m)} is missing" for m in shape.required_members if m not in value]
    for member, child in value.items():
        if member in shape.members:
            findings += check_value(shape.members[member], child, below(path, member))
        else:
            findings.append(f"unknown member {below(path, member)}")
    return findings


def list_of(shape, value, path):
    if not isinstance(value, list):
        return wrong_type(shape, value, path)
    findings = out_of_range(shape, len(value), path, "length")
    for place, item in enumerate(value):
        findings += check_value(shape.member, item, f"{path}[{place}]")
    return findings


def map_of(shape, value, path):
    if not isinstance(value, dict):
        return wrong_type(shape, value, path)
    findings = out_of_range(shape, len(value), path, "size")
    for key, item in value.items():
        findings += check_value(shape.key, key, f"{path} key")
        findings += check_value(shape.value, item, f"{path}[{key}]")
    return findings


def string(shape, value, path):
    if not isinstance(value, str):
        return wrong_type(shape, value, path)
    findings = out_of_range(shape, len(value), path, "length")
    if shape.enum and value not in shape.enum:
        findings.append(f"{path} is {value!r}, the model has one of {', '.join(shape.enum)}")
    pattern = shape.metadata.get("pattern")
    if pattern and not regex.search(pattern, value):
        findings.append(f"{path} is {value!r}, the model has the pattern {pattern}")
    return findings


def number(shape, value, path):
    if not isinstance(value, NUMBERS[shape.type_name]) or isinstance(value, bool):
        return wrong_type(shape, value, path)
    return [] if shape.type_name == "timestamp" else out_of_range(shape, value, path, "value")


def boolean(shape, value, path):
    return [] if isinstance(value, bool) else wrong_type(shape, value, path)


def blob(shape, value, path):
    try:
        base64.b64decode(value, validate=True)
        return []
    except (TypeError, ValueError, binascii.Error):
        return wrong_type(shape, value, path)
