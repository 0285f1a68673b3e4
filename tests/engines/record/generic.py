#!/usr/bin/env python3
"""generic.py CONFIG FOLDER NAME: makes a config.json that an engine wrote independent of the machine, and keeps it as FOLDER/NAME.json.

Paths of the engine's own data become placeholders (README.md, "Placeholders"); a seccomp profile goes to a file of its own, shared by all
records that have the same one."""
import hashlib
import json
import os
import re
import sys

source, folder, name = sys.argv[1:4]
with open(source) as f:
    config = json.load(f)
text = json.dumps(config)

# Paths of the machine that exist everywhere, so that a record may name them.
KEPT = re.compile(r"^/(proc|sys|dev)(/|$)|^/etc/(hosts|localtime|timezone)$|^/(usr|bin|etc|tmp|home|run)$|^/$")
used = set()


def unique(word):
    word = re.sub(r"[^A-Za-z0-9._-]", "-", word).strip("-.") or "x"
    word = re.sub(r"[0-9a-f]{12,}", "id", word)
    n, got = 1, word
    while got in used:
        n += 1
        got = "%s-%d" % (word, n)
    used.add(got)
    return got


for mount in config.get("mounts", []):
    path = mount.get("source", "")
    if not path.startswith("/") or KEPT.match(path):
        continue
    if "init" in os.path.basename(mount["destination"]):
        mount["source"] = "@INIT@"
        continue
    kind = "@DIR@" if os.path.isdir(path) or mount["destination"].endswith("/shm") else "@FILE@"
    mount["source"] = kind + "/" + unique(os.path.basename(path))

config["root"]["path"] = "@ROOTFS@"
for namespace in config.get("linux", {}).get("namespaces", []):
    if namespace.get("path"):
        namespace["path"] = "@NS@/" + namespace["type"]
for kind, hooks in (config.get("hooks") or {}).items():
    for hook in hooks or []:
        hook["path"] = "@HOOK@"
        hook["args"] = [a if i else "@HOOK@" for i, a in enumerate(hook.get("args", []))]

seccomp = config.get("linux", {}).get("seccomp")
if seccomp:
    bytes_ = json.dumps(seccomp, indent=1, sort_keys=True)
    profile = "seccomp-" + hashlib.sha256(bytes_.encode()).hexdigest()[:6]
    with open(os.path.join(folder, profile + ".json"), "w") as f:
        # One rule a line: short enough to keep, long enough to compare.
        rules = seccomp.pop("syscalls", [])
        head = json.dumps(seccomp)[:-1]
        f.write(head + ', "syscalls": [\n' + ",\n".join(json.dumps(r) for r in rules) + "\n]}\n")
    config["linux"]["seccomp"] = "@SECCOMP@/" + profile

text = json.dumps(config, indent=1)
text = re.sub(r"\b[0-9a-f]{64}\b", "@ID@", text)
text = re.sub(r'"(hostname"|HOSTNAME=)(: ")?[0-9a-f]{12}"', lambda m: '"%s%scontainer"' % (m[1], m[2] or ""), text)
text = re.sub(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "2024-01-01T00:00:00Z", text)
text = text.replace(os.environ.get("WORK", "@none@"), "@TMP@")
# Short lists of plain words on one line.
text = re.sub(r"\[\s+((?:\"[^\"\\]*\"|-?[0-9]+)(?:,\s+(?:\"[^\"\\]*\"|-?[0-9]+))*)\s+\]", lambda m: "[" + re.sub(r",\s+", ", ", m[1]) + "]", text)
with open(os.path.join(folder, name + ".json"), "w") as f:
    f.write(text + "\n")
