"""Holds answers against the models that the SDK decodes them with, more strictly than the SDK does."""

import datetime

import huaweicloudsdkapig.v2 as models


def class_named(name):
    """The model class of a name."""
    return getattr(models, name)


def faults_of(value, kind, path):
    """What in a decoded JSON value is not as the type, written as in the SDK's models, has it."""
    if kind == "object":
        return []
    if value is None:
        # Decoders that know no absence take it for a wrong value.
        return [f"{path}: null, expected {kind}"]
    if kind.startswith("list["):
        if not isinstance(value, list):
            return [f"{path}: expected a list"]
        inner = kind[len("list[") : -1]
        return [fault for index, item in enumerate(value) for fault in faults_of(item, inner, f"{path}[{index}]")]
    if kind.startswith("dict("):
        if not isinstance(value, dict):
            return [f"{path}: expected an object"]
        inner = kind[len("dict(") : -1].split(", ", 1)[1]
        return [fault for key, item in value.items() for fault in faults_of(item, inner, f"{path}.{key}")]
    if kind in SCALARS:
        return [] if SCALARS[kind](value) else [f"{path}: {type(value).__name__}, expected {kind}"]
    return object_faults(value, class_named(kind), path)


def object_faults(value, model, path):
    """What in a decoded JSON object is not as a model class has it. Keys that it does not know are fine."""
    if not isinstance(value, dict):
        return [f"{path}: {type(value).__name__}, expected an object"]
    return [
        fault
        for name, kind in model.openapi_types.items()
        if model.attribute_map[name] in value
        for fault in faults_of(value[model.attribute_map[name]], kind, f"{path}.{model.attribute_map[name]}")
    ]


def is_time(value):
    """Whether a value is a time of RFC 3339."""
    if not isinstance(value, str):
        return False
    try:
        datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def is_whole(value):
    """Whether a value is a whole number: JSON knows no other difference, and Python takes booleans for numbers."""
    return isinstance(value, int) and not isinstance(value, bool)


SCALARS = {
    "str": lambda value: isinstance(value, str),
    "int": is_whole,
    "float": lambda value: isinstance(value, float) or is_whole(value),
    "bool": lambda value: isinstance(value, bool),
    "datetime": is_time,
}


def build(kind, value):
    """A model of the SDK, or a list of them, from JSON."""
    if kind.startswith("list[") and isinstance(value, list):
        return [build(kind[len("list[") : -1], item) for item in value]
    if not isinstance(value, dict) or kind == "object" or kind.startswith("dict("):
        return value
    model = class_named(kind)
    names = {wire: name for name, wire in model.attribute_map.items()}
    unknown = set(value) - set(names)
    if unknown:
        raise KeyError(f"{kind} has no {sorted(unknown)}")
    return model(**{names[wire]: build(model.openapi_types[names[wire]], item) for wire, item in value.items()})
