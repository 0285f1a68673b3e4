"""docs/PERFORMANCE.md and its chart, from the samples of one run."""
import datetime, html, os, platform, statistics

TARGETS = {  # scenario: (most of the newest packaged crun, most of the floor)
    "run, default bundle": (0.50, 1.60), "run, large seccomp profile": (0.45, None), "exec as a probe": (0.45, 2.6),
    "create + start + delete": (0.50, None), "state": (0.45, None), "kill": (0.45, None), "delete": (0.45, None),
    "delete --force of a running one": (0.50, None), "200 creates at once": (1 / 1.8, None), "list of 500 containers": (0.50, None),
}
PARTS = {"plus": "with device program, loopback, keyring, state file", "-": "the container", "-net": "without network namespace",
         "-devices": "without device nodes and links", "-masks": "without masked and read-only paths", "-caps": "without dropping privilege",
         "-cgroup": "without a cgroup", "+journal": "with a journal for delete", "+look": "with a look at the started process",
         "+process": "with one more process", "+program": "with one more process that executes the sealed program"}


def ratio(a, b, field=0):
    """Round by round, so that what disturbs a round disturbs both."""
    pairs = [x[field] / y[field] for x, y in zip(a, b) if y[field]]
    return statistics.median(pairs) if pairs else None


def spread(s, field, unit):
    v = sorted(x[field] / unit for x in s)
    return "%.2f (%.2f–%.2f)" % (statistics.median(v), v[len(v) // 4], v[3 * len(v) // 4])


def newest(names, kind):
    mine = [n for n in names if n.startswith(kind + " ")]
    return max(mine, key=lambda n: [int(x) if x.isdigit() else 0 for x in n.split()[1].split("+")[0].split(".")], default=None)


def order(lab):
    names = {n for by in lab.samples.values() for n in by}
    peers = sorted(names - {"brig", "floor"}, key=lambda n: (n.split()[0], [int(x) if x.isdigit() else 0 for x in n.split()[1].split("+")[0].split(".")] if " " in n else []))
    return ["brig"] + peers + (["floor"] if "floor" in names else [])


def machine():
    model = next((x.split(":")[1].strip() for x in open("/proc/cpuinfo") if x.startswith("model name")), platform.machine())
    virtual = any("hypervisor" in x.split() for x in open("/proc/cpuinfo") if x.startswith("flags"))
    memory = int(next(x.split()[1] for x in open("/proc/meminfo") if x.startswith("MemTotal"))) // (1 << 20)
    return "%d × %s%s, %d GiB, Linux %s" % (os.cpu_count(), model, ", virtual" if virtual else "", memory + 1, platform.release().split("-")[0])


def say(x):
    return "—" if x is None else "%.2f" % x


def targets(lab, crun):
    lines = ["| | brig : %s | target | brig : floor | target |" % crun, "|---|---|---|---|---|"]
    for scenario, (most, of_floor) in TARGETS.items():
        by = lab.samples.get(scenario, {})
        if "brig" not in by:
            continue
        r = ratio(by["brig"], by[crun]) if crun in by else None
        f = ratio(by["brig"], by["floor"]) if "floor" in by else None
        lines.append("| %s | %s%s | %.2f | %s | %s |" % (scenario, say(r), "" if r is None or r <= most else " ✗", most, say(f), say(of_floor)))
    by = lab.samples.get("run, default bundle", {})
    if crun in by and "brig" in by:
        r = max(x[2] for x in by["brig"]) / max(x[2] for x in by[crun])
        lines.append("| peak memory of run | %.2f%s | 0.60 | | |" % (r, "" if r <= 0.6 else " ✗"))
    return lines


def table(lab, names, title, cell):
    lines = ["", "### " + title, "", "| | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for scenario, by in lab.samples.items():
        if scenario and not scenario.startswith(("floor ", "protections: ")):
            lines.append("| %s | %s |" % (scenario, " | ".join(cell(by[n]) if n in by else "" for n in names)))
    return lines


def parts(lab):
    lines = ["", "## What the parts cost", "", "The floor, without one thing at a time: what the kernel takes for it, whoever asks.", "", "| | ms of CPU | less |", "|---|---|---|"]
    whole = lab.samples.get("floor -", {}).get("floor")
    if not whole:
        return []
    for part, what in PARTS.items():
        s = lab.samples.get("floor " + part, {}).get("floor")
        if s:
            less = statistics.median(x[1] / 1e3 for x in whole) - statistics.median(x[1] / 1e3 for x in s)
            lines.append("| %s | %s | %.2f |" % (what, spread(s, 1, 1e3), less))
    return lines


def cpu(samples):
    return statistics.median(x[1] / 1e3 for x in samples)


def difference(lab, with_it, without, who):
    """ms of CPU that one thing costs: the median of the differences of single rounds."""
    return statistics.median((x[1] - y[1]) / 1e3 for x, y in zip(lab.samples[with_it][who], lab.samples[without][who]))


def protections(lab):
    whole = "protections: with all"
    if whole not in lab.samples:
        return []
    lines = ["", "## What the protections cost", "", "A `run` with the large seccomp profile, %.2f ms of CPU, without one protection at a time. Nothing of these is off by default." % cpu(lab.samples[whole]["brig"]),
             "", "| | ms of CPU it costs | of the run |", "|---|---|---|"]
    rows = [(s.split(": without ", 1)[1], difference(lab, whole, s, "brig")) for s in lab.samples if s.startswith("protections: without ")]
    ours = []
    if "floor +journal" in lab.samples:
        ours += [("the sealed program (on the floor)", difference(lab, "floor +program", "floor +process", "floor")), ("the journal (on the floor)", difference(lab, "floor +journal", "floor -", "floor")), ("the look at the started process (on the floor)", difference(lab, "floor +look", "floor -", "floor"))]
    of = cpu(lab.samples[whole]["brig"])
    total = sum(x[1] for x in ours)
    rows += ours
    lines += ["| %s | %.2f | %.0f %% |" % (what, ms, 100 * ms / of) for what, ms in rows]
    if len(ours) == 3:
        lines.append("| these three together; target 15 %%%s | %.2f | %.0f %% |" % ("" if total <= 0.15 * of else " ✗", total, 100 * total / of))
    return lines


def at_once(lab):
    """200 creates at once: how many end in a second, and how long all but the slowest two take."""
    by = lab.samples.get("200 creates at once", {})
    names = [n for n in order(lab) if n in by]
    if not names:
        return []
    rows = [("creates in a second", "%.0f", lambda x: 200e9 / x[0]), ("99 % of them take at most, ms", "%.1f", lambda x: x[3] / 1e6)]
    return ["", "### 200 creates at once", "", "| | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)] + [
        "| %s | %s |" % (what, " | ".join(form % statistics.median(value(x) for x in by[n]) for n in names)) for what, form, value in rows]


def memory(lab):
    if not lab.memory:
        return []
    names = [n for n in order(lab) if n in lab.memory]
    what = list(dict.fromkeys(w for row in lab.memory.values() for w in row))
    return ["", "## What stays in memory", "", "Resident (proportional) size, KiB.", "", "| | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)] + [
        "| %s | %s |" % (w, " | ".join(lab.memory[n].get(w, "") for n in names)) for w in what]


def chart(lab, names, shown):
    """Bars of CPU time, one group per scenario; drawn here, so that nothing has to be installed."""
    colour = {"brig": "#1f6f8b", "crun": "#d08c3f", "runc": "#9a9a9a", "floor": "#4d4d4d"}
    rows, y = [], 44
    top = max(statistics.median(x[1] / 1e3 for x in lab.samples[s][n]) for s in shown for n in names if n in lab.samples[s])
    for s in shown:
        rows.append('<text x="8" y="%d" font-weight="bold">%s</text>' % (y, html.escape(s)))
        y += 8
        for n in names:
            if n not in lab.samples[s]:
                continue
            ms = statistics.median(x[1] / 1e3 for x in lab.samples[s][n])
            rows.append('<text x="170" y="%d" text-anchor="end">%s</text><rect x="178" y="%d" width="%.1f" height="12" fill="%s"/><text x="%.1f" y="%d">%.2f</text>' % (
                y + 11, html.escape(n), y + 1, 470 * ms / top, colour.get(n.split()[0], "#bbb"), 184 + 470 * ms / top, y + 11, ms))
            y += 16
        y += 20
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="720" height="%d" font-family="sans-serif" font-size="12" fill="#222">\n'
            '<rect width="720" height="%d" fill="#fff"/>\n<text x="8" y="20" font-size="14">Milliseconds of CPU, median: less is better</text>\n%s\n</svg>\n' % (
                y, y, "\n".join(rows)))


def write(lab, folder, counts):
    names = order(lab)
    crun = newest(names, "crun") or "crun"
    main = [n for n in names if n in ("brig", "floor") or n in (crun, newest(names, "runc"))]
    out = ["# How fast", "",
           "`make -C build/release bench` writes this page, from one run in which all took turns: %s; %s. Times are medians with quartiles; ratios are medians of the ratios" % (
               machine(), datetime.date.today().isoformat()),
           "of single rounds. Other work on the machine makes wall clocks longer than they need to be, for all. The *floor* is [a program](../tests/perf/floor.c) that does only the",
           "kernel calls which make the container: no configuration, no checks, no undo. How it is measured: [bench.py](../tests/perf/bench.py). Peers are packages as they",
           "are distributed, with their own libraries ([peers.sh](../tests/perf/peers.sh)).", "", "![CPU time](performance.svg)", "", "A cross marks a target that was missed.", ""]
    out += targets(lab, crun)
    out += table(lab, main, "Wall clock, ms", lambda s: spread(s, 0, 1e6))
    out += table(lab, names, "CPU of all its processes, ms", lambda s: "%.2f" % statistics.median(x[1] / 1e3 for x in s))
    out += ["", "### brig : each", "", "| | " + " | ".join("%s, wall · CPU" % n for n in names[1:]) + " |", "|---|" + "---|" * (len(names) - 1)]
    for scenario, by in lab.samples.items():
        if "brig" in by and scenario and not scenario.startswith("protections: "):
            out.append("| %s | %s |" % (scenario, " | ".join("%s · %s" % (say(ratio(by["brig"], by[n])), say(ratio(by["brig"], by[n], 1))) if n in by else "" for n in names[1:])))
    out += table(lab, names, "Peak memory of one process, KiB", lambda s: "%d" % max(x[2] for x in s))
    if counts:
        out += ["", "### Of one run of the default bundle", "", "| | " + " | ".join(counts) + " |", "|---|" + "---|" * len(counts),
                "| system calls | %s |" % " | ".join("%d" % c[0] for c in counts.values()), "| programs started | %s |" % " | ".join("%d" % c[1] for c in counts.values())]
    out += at_once(lab)
    out += memory(lab)
    out += protections(lab)
    out += parts(lab)
    notes = os.path.join(os.path.dirname(os.path.abspath(__file__)), "notes.md")
    if os.path.exists(notes):
        out += ["", open(notes).read().rstrip()]
    with open(os.path.join(folder, "PERFORMANCE.md"), "w") as f:
        f.write("\n".join(out) + "\n")
    shown = [s for s in ("run, default bundle", "run, large seccomp profile", "exec as a probe", "create", "start", "state", "delete") if s in lab.samples]
    if shown:
        with open(os.path.join(folder, "performance.svg"), "w") as f:
            f.write(chart(lab, main, shown))
