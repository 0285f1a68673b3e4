#!/usr/bin/env python3
"""The benchmark: brig against the peers and against the floor, interleaved in one run.

  make bench                         all of it, and docs/PERFORMANCE.md with its chart
  tests/perf/bench.py --brig PATH --floor PATH --measure PATH [--peers DIR] [--rounds N] [--only WORD[,WORD]] [--out DIR]

Machines are noisy and shared, so nothing is compared with a number of another run: in each round every contender does the same thing once, in turning
order; a ratio is the median of the ratios of single rounds. Needs root, cgroup2 and Linux 5.14."""
import argparse, collections, json, os, re, shutil, signal, statistics, subprocess, sys, tempfile, time

import report

HERE = os.path.dirname(os.path.abspath(__file__))


class Contender:
    def __init__(self, name, argv, env=None, kind="runtime"):
        self.name, self.argv, self.kind = name, argv, kind
        self.env = dict(os.environ, **(env or {}))


def own_namespace():
    """A mount namespace of our own with cgroup2 where peers look for it and a tmpfs on /run, as machines have them, once, outside of everything that is
    timed."""
    if os.environ.get("BRIG_BENCH_NS") != "1":
        os.environ["BRIG_BENCH_NS"] = "1"
        os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable] + sys.argv)
    if subprocess.run(["stat", "-fc", "%T", "/sys/fs/cgroup"], capture_output=True, text=True).stdout.strip() != "cgroup2fs":
        subprocess.run(["mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"], check=True)
    if subprocess.run(["stat", "-fc", "%T", "/run"], capture_output=True, text=True).stdout.strip() != "tmpfs":
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)


def version(argv, env):
    r = subprocess.run(argv + ["--version"], capture_output=True, text=True, env=env)
    return r.stdout.split("\n")[0].split()[-1] if r.returncode == 0 and r.stdout else None


def relinked(real, root, to):
    """The program as it is in the package, but for the path of its dynamic linker, and that linker as it is in its package, but for the path of its cache: both
    of the same suite. Started by hand the linker would be what /proc/self/exe names, which runtimes execute again; and they clear LD_LIBRARY_PATH."""
    loader = next((x for x in (os.path.join(root, d, "ld-linux-x86-64.so.2") for d in ("usr/lib64", "lib64", "usr/lib/x86_64-linux-gnu")) if os.path.exists(x)), None)
    data = open(real, "rb").read()
    old, cache = b"/lib64/ld-linux-x86-64.so.2\0", b"/etc/ld.so.cache\0"
    if not loader or old not in data:
        return real
    os.makedirs("/run/bb", exist_ok=True)
    n = "%04d" % (os.stat(root).st_ino % 10000)
    with open("/run/bb/%s.conf" % n, "w") as f:
        f.write(os.path.join(root, "usr/lib/x86_64-linux-gnu") + "\n")
    subprocess.run(["ldconfig", "-X", "-f", "/run/bb/%s.conf" % n, "-C", "/run/bb/%s.c" % n], check=True, stderr=subprocess.DEVNULL)
    for path, text, was, now in (("/run/bb/%s.ld" % n, open(os.path.realpath(loader), "rb").read(), cache, "/run/bb/%s.c" % n), (to, data, old, "/run/bb/%s.ld" % n)):
        with open(path + ".new", "wb") as f:
            f.write(text.replace(was, now.encode().ljust(len(was), b"\0")))
        os.chmod(path + ".new", 0o755)
        os.rename(path + ".new", path)
    return to


def find_peers(folder):
    found = []
    for name in ("crun", "runc"):
        path = shutil.which(name)
        v = path and version([path], os.environ)
        if v:
            found.append(Contender("%s %s" % (name, v), [path]))
    folder = os.path.abspath(folder) if folder else ""
    listing = os.path.join(folder, "list")
    for line in open(listing).read().splitlines() if folder and os.path.exists(listing) else []:
        suite, name, package, real = line.split()
        root = os.path.join(folder, suite, "root")
        argv = [relinked(real, root, os.path.join(folder, "%s-%s" % (suite, name)))]
        v = version(argv, os.environ)
        if v and all(c.name != "%s %s" % (name, v) for c in found):
            found.append(Contender("%s %s" % (name, v), argv))
    return found


class Lab:
    def __init__(self, a):
        self.a = a
        self.dir = tempfile.mkdtemp(prefix="brig-bench.", dir="/run")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", self.dir], check=True)     # as /run is on most machines
        self.rootfs = os.path.join(self.dir, "rootfs")
        for d in ("bin", "etc", "proc", "sys", "dev", "tmp", "mnt"):
            os.makedirs(os.path.join(self.rootfs, d))
        open(os.path.join(self.rootfs, "etc/passwd"), "w").write("root:x:0:0:root:/:/bin/sh\n")
        shutil.copy(a.tiny, os.path.join(self.rootfs, "bin/true"))
        shutil.copy(a.tiny, os.path.join(self.rootfs, "bin/pause"))
        self.n = 0
        self.samples, self.memory, self.bad = {}, {}, set()
        brig = [os.path.abspath(a.brig)]
        self.contenders = [Contender("brig", brig)]
        for spec in a.also or []:
            name, path = spec.split("=", 1)
            self.contenders.append(Contender(name, [os.path.abspath(path)]))
        self.contenders += find_peers(a.peers) if not a.no_peers else []
        self.floor = Contender("floor", [os.path.abspath(a.floor)], kind="floor")
        self.brig = self.contenders[0]

    def id(self):
        self.n += 1
        return "b%d-%d" % (os.getpid(), self.n)

    def root(self, c):
        d = os.path.join(self.dir, "state-" + c.name.replace(" ", "-"))
        os.makedirs(d, 0o700, exist_ok=True)
        return d

    def bundle(self, name, args, change=None, base=None):
        d = os.path.join(self.dir, "bundle-" + name)
        if os.path.isdir(d):
            return d
        os.makedirs(d)
        if base:
            config = json.load(open(base))
        else:
            subprocess.run(self.brig.argv + ["spec", "-b", d], check=True)
            config = json.load(open(os.path.join(d, "config.json")))
        config["ociVersion"] = "1.0.2"
        config["root"]["path"] = self.rootfs
        config["process"]["terminal"] = False
        config["process"]["args"] = args
        if change:
            change(config)
        json.dump(config, open(os.path.join(d, "config.json"), "w"))
        return d

    def measure(self, c, argv, jobs=0, keep=()):
        r, w = os.pipe()
        cmd = [self.a.measure, str(w)] + (["-j%d" % jobs] if jobs else []) + argv
        with open(os.path.join(self.dir, "stderr"), "w+") as err:   # a file: what a created container holds open must not be waited for
            p = subprocess.Popen(cmd, pass_fds=(w,) + keep, env=c.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err, cwd=self.dir)
            os.close(w)
            with os.fdopen(r) as f:
                line = f.read().split()
            p.wait()
            if not line or line[3] != "0":
                err.seek(0)
                raise RuntimeError("%s: %s: status %s: %s" % (c.name, " ".join(argv), line[3:], err.read().strip()[:300]))
        return [int(x) for x in line[:3] + line[4:]]

    def verb(self, c, verb, *args, jobs=0):
        return self.measure(c, c.argv + ["--root", self.root(c), verb] + list(args), jobs)

    def add(self, scenario, c, sample):
        self.samples.setdefault(scenario, {}).setdefault(c.name, []).append(sample)

    def rounds(self, n, contenders, work):
        contenders, bad = [c for c in contenders if c.name not in self.bad], set()
        for i in range(n + 1):                      # the first round fills caches and is not kept
            k = i % len(contenders)
            for c in contenders[k:] + contenders[:k]:
                if c.name in bad:
                    continue
                try:
                    for scenario, sample in work(c):
                        if i:
                            self.add(scenario, c, sample)
                except RuntimeError as e:
                    if c is self.brig or c is self.floor:
                        raise
                    print("left out: %s" % e, file=sys.stderr)
                    bad.add(c.name)
        return bad

    def alive(self):
        return [c for c in self.contenders if c.name not in self.bad]

    def few(self):
        """Where each sample needs hundreds of containers: brig and the newest crun."""
        newest = report.newest([c.name for c in self.alive()], "crun")
        return [c for c in self.alive() if c is self.brig or c.name == newest]

    # ---- scenarios ----

    def run_of(self, scenario, bundle, n, with_floor=()):
        def work(c):
            if c.kind == "floor":
                yield scenario, self.measure(c, c.argv + ["run", self.rootfs, "/sys/fs/cgroup/" + self.id()] + list(with_floor))
            else:
                yield scenario, self.verb(c, "run", "-b", bundle, self.id())
        self.rounds(n, self.contenders + ([self.floor] if with_floor is not None else []), work)

    def scenario_run(self, n):
        self.run_of("run, default bundle", self.bundle("default", ["/bin/true"]), n, ("plus",))

    def scenario_minimal(self, n):
        def least(c):
            c["mounts"] = [m for m in c["mounts"] if m["destination"] == "/proc"]
            c["linux"] = {"namespaces": [{"type": "pid"}, {"type": "mount"}]}
            c["process"].pop("rlimits", None)
            c.pop("hostname", None)
        self.run_of("run, minimal bundle", self.bundle("minimal", ["/bin/true"], least), n, None)

    def profile(self, config):
        records = os.path.join(HERE, "../engines")
        name = json.load(open(os.path.join(records, "docker-default.json")))["linux"]["seccomp"].rsplit("/", 1)[1]
        config["linux"]["seccomp"] = json.load(open(os.path.join(records, name + ".json")))

    def engine(self, name, args):
        return self.bundle(name, args, self.profile)

    def scenario_seccomp(self, n):
        self.run_of("run, large seccomp profile", self.engine("seccomp", ["/bin/true"]), n, None)

    def scenario_mounts(self, n):
        def many(c):
            for i in range(60):
                os.makedirs(os.path.join(self.rootfs, "mnt/%d" % i), exist_ok=True)
                c["mounts"].append({"destination": "/mnt/%d" % i, "type": "bind", "source": "/usr", "options": ["bind", "ro", "nosuid"]})
        self.run_of("run, 60 more bind mounts", self.bundle("mounts", ["/bin/true"], many), n, None)

    def scenario_userns(self, n):
        src = os.path.join(self.dir, "mapped")
        os.makedirs(src, exist_ok=True)

        def user(c):
            ids = [{"containerID": 0, "hostID": 100000, "size": 65536}]
            c["linux"]["namespaces"].append({"type": "user"})
            c["linux"]["uidMappings"] = c["linux"]["gidMappings"] = ids
            c["mounts"].append({"destination": "/mnt", "type": "bind", "source": src, "options": ["bind"], "uidMappings": ids, "gidMappings": ids})
        os.chmod(self.dir, 0o755)
        self.run_of("run, user namespace and id-mapped mount", self.bundle("userns", ["/bin/true"], user), n, None)

    def until_stopped(self, c, pid):
        for _ in range(2000):
            try:
                if open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0] in "ZX":
                    return
            except OSError:
                return
            time.sleep(0.001)

    def pid(self, c, i):
        return int(open(os.path.join(self.dir, "pid-" + i)).read())

    def scenario_verbs(self, n):
        bundle = self.bundle("pause", ["/bin/pause", "pause"])

        def work(c):
            i = self.id()
            create = self.verb(c, "create", "-b", bundle, "--pid-file", os.path.join(self.dir, "pid-" + i), i)
            yield "create", create
            yield "state", self.verb(c, "state", i)
            start = self.verb(c, "start", i)
            yield "start", start
            yield "exec /bin/true", self.verb(c, "exec", i, "/bin/true")
            yield "kill", self.verb(c, "kill", i, "KILL")
            self.until_stopped(c, self.pid(c, i))
            delete = self.verb(c, "delete", i)
            yield "delete", delete
            yield "create + start + delete", [create[0] + start[0] + delete[0], create[1] + start[1] + delete[1], max(create[2], start[2], delete[2])]
            i = self.id()
            self.verb(c, "create", "-b", bundle, i)
            self.verb(c, "start", i)
            yield "delete --force of a running one", self.verb(c, "delete", "--force", i)
        self.rounds(n, self.contenders, work)

    def scenario_exec(self, n):
        bundle = self.bundle("pause", ["/bin/pause", "pause"])
        held = {}
        for c in self.alive():
            i = self.id()
            self.verb(c, "create", "-b", bundle, "--pid-file", os.path.join(self.dir, "pid-" + i), i)
            self.verb(c, "start", i)
            held[c.name] = i
        pid = self.pid(self.brig, held["brig"])
        group = "/sys/fs/cgroup" + open("/proc/%d/cgroup" % pid).read().rsplit("0::", 1)[1].strip()

        def work(c):
            if c.kind == "floor":
                yield "exec as a probe", self.measure(c, c.argv + ["exec", str(pid), group])
            else:
                yield "exec as a probe", self.verb(c, "exec", held[c.name], "/bin/true")
        try:
            self.rounds(n, self.contenders + [self.floor], work)
        finally:
            for c in self.alive():
                self.verb(c, "delete", "--force", held[c.name])

    def scenario_list(self, n):
        bundle = self.bundle("pause", ["/bin/pause", "pause"])
        have = 0
        try:
            for total in (0, 100, 500) if n > 3 else (0, 50):
                for c in self.few():
                    for k in range(have, total):
                        self.verb(c, "run", "-d", "-b", bundle, "list-%s-%d" % (c.name.replace(" ", "-"), k))
                have = total
                self.rounds(max(n // 2, 3), self.few(), lambda c: [("list of %d containers" % total, self.verb(c, "list"))])
        finally:
            for c in self.few():
                for k in range(have):
                    self.verb(c, "delete", "--force", "list-%s-%d" % (c.name.replace(" ", "-"), k))

    def scenario_parallel(self, n):
        bundle = self.bundle("pause", ["/bin/pause", "pause"])

        def work(c):
            i = self.id()
            sample = self.verb(c, "create", "-b", bundle, i + "-%", jobs=200)
            for k in range(200):
                self.verb(c, "delete", "--force", "%s-%d" % (i, k))
            yield "200 creates at once", sample
        self.rounds(max(n // 10, 2), self.few(), work)

    def scenario_parts(self, n):
        """What each part of a container costs: the floor without it."""
        sealed = os.path.join(os.path.dirname(os.path.abspath(self.brig.argv[0])), "brig-init.bare")
        turn = collections.deque(("plus", "-", "-net", "-devices", "-masks", "-caps", "-cgroup", "+journal", "+look", "+process", "+program"))

        def work(c):
            turn.rotate(1)
            for part in turn:
                yield "floor %s" % part, self.measure(c, c.argv + ["run", self.rootfs, "/sys/fs/cgroup/" + self.id(), part + ("=" + sealed if part == "+program" else "")])
        self.rounds(n, [self.floor], work)

    def scenario_protections(self, n):
        """What each protection costs: brig without it. What no configuration switches off, the sealed program, the journal and the look at the started
        process, is added to the floor (scenario_parts)."""
        def less(change):
            def both(c):
                self.profile(c)
                change(c)
            return both
        variants = {
            "with all": lambda c: None,
            "without the system call filter": lambda c: c["linux"].pop("seccomp"),
            "without masked and read-only paths": lambda c: (c["linux"].pop("maskedPaths"), c["linux"].pop("readonlyPaths")),
            "without device rules": lambda c: c["linux"].pop("resources"),
            "without dropping capabilities": lambda c: c["process"].pop("capabilities"),
            "without no_new_privs": lambda c: c["process"].pop("noNewPrivileges"),
            "without a network namespace": lambda c: c["linux"].update(namespaces=[x for x in c["linux"]["namespaces"] if x["type"] != "network"]),
            "without a read-only root": lambda c: c["root"].pop("readonly"),
        }
        bundles = {name: self.bundle("protection-%d" % i, ["/bin/true"], less(change)) for i, (name, change) in enumerate(variants.items())}
        turn = collections.deque(bundles.items())

        def work(c):
            turn.rotate(1)
            for name, bundle in turn:
                yield "protections: " + name, self.measure(c, c.argv + ["--root", self.root(c), "run", "-b", bundle, self.id()])
        self.rounds(n, [self.brig], work)

    def resident(self, pid):
        """Resident and proportional size of one process, KiB."""
        text = open("/proc/%d/smaps_rollup" % pid).read()
        return [int(re.search(r"^%s: +(\d+) kB" % word, text, re.M).group(1)) for word in ("Rss", "Pss")]

    def scenario_memory(self, n):
        """What stays in memory: of `run` and `exec` while they wait, and after `create`; and, where there is a memory controller, the least limit for /bin/true."""
        bundle = self.bundle("pause", ["/bin/pause", "pause"])
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        v1 = os.path.join(self.dir, "memory-v1")
        os.mkdir(v1)
        if subprocess.run(["mount", "-t", "cgroup", "-o", "memory", "cgroup", v1], **quiet).returncode != 0:
            v1 = None
        for c in self.alive():
            row, root = self.memory.setdefault(c.name, {}), c.argv + ["--root", self.root(c)]
            i = self.id()
            waiting = subprocess.Popen(root + ["run", "-b", bundle, i], env=c.env, **quiet)
            while json.loads(subprocess.run(root + ["state", i], env=c.env, capture_output=True, text=True).stdout or "{}").get("status") != "running":
                time.sleep(0.05)
            row["`run`, waiting"] = "%d (%d)" % tuple(self.resident(waiting.pid))
            entered = subprocess.Popen(root + ["exec", i, "/bin/pause", "pause"], env=c.env, **quiet)
            time.sleep(1)
            row["`exec`, waiting"] = "%d (%d)" % tuple(self.resident(entered.pid))
            subprocess.run(root + ["delete", "--force", i], env=c.env, **quiet)    # its `run` deletes it too
            entered.wait()
            waiting.wait()
            i = self.id()
            self.verb(c, "create", "-b", bundle, "--pid-file", os.path.join(self.dir, "pid-" + i), i)
            mine = [p for p in map(int, filter(str.isdigit, os.listdir("/proc"))) if self.names(p, i)]
            row["processes after `create`, besides the container's own"] = "%d" % len([p for p in mine if p != self.pid(c, i)])
            row["the container's own, before `start`"] = "%d (%d)" % tuple(self.resident(self.pid(c, i)))
            subprocess.run(root + ["delete", "--force", i], env=c.env, **quiet)    # its `run` deletes it too
            if "memory" in open("/sys/fs/cgroup/cgroup.controllers").read().split():
                row["least `memory.max` for /bin/true"] = "%d" % self.under_memory_max(c)
            elif v1:
                row["least limit for `run` of /bin/true and the runtime together"] = "%d" % self.together(c, v1)

    def names(self, pid, word):
        try:
            return word.encode() in open("/proc/%d/cmdline" % pid, "rb").read()
        except OSError:
            return False

    def least(self, works):
        """In KiB, by halving: the least limit under which it works three times in a row."""
        low, high = 0, 64 << 10
        while high - low > 64:
            middle = (low + high) // 2
            if all(works(middle) for _ in range(3)):
                high = middle
            else:
                low = middle
        return high

    def under_memory_max(self, c):
        def works(kib):
            def limit(config):
                config["linux"].setdefault("resources", {})["memory"] = {"limit": kib << 10}
            return self.ends_well(c, self.bundle("memory-%d" % kib, ["/bin/true"], limit))
        return self.least(works)

    def together(self, c, hierarchy):
        """With the controller in version 1, which runtimes for version 2 do not touch: runtime and container share one limit."""
        bundle = self.bundle("default", ["/bin/true"])

        def works(kib):
            group = os.path.join(hierarchy, self.id())
            os.mkdir(group)
            with open(os.path.join(group, "memory.limit_in_bytes"), "w") as f:
                f.write(str(kib << 10))

            def join():
                with open(os.path.join(group, "cgroup.procs"), "w") as f:
                    f.write("0")
            try:
                return self.ends_well(c, bundle, join)
            finally:
                self.remove(group)
        return self.least(works)

    def remove(self, group):
        """With what the killer of memory hogs has left of a runtime."""
        for _ in range(500):
            try:
                return os.rmdir(group)
            except OSError:
                for pid in open(os.path.join(group, "cgroup.procs")).read().split():
                    try:
                        os.kill(int(pid), signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                time.sleep(0.01)
        raise RuntimeError("%s does not get empty" % group)

    def ends_well(self, c, bundle, first=None):
        i, quiet = self.id(), {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": c.env}
        root = c.argv + ["--root", self.root(c)]
        if subprocess.run(root + ["run", "-b", bundle, i], preexec_fn=first, **quiet).returncode == 0:
            return True
        subprocess.run(root + ["delete", "--force", i], **quiet)
        return False

    def scenario_start(self, n):
        self.rounds(n, self.contenders, lambda c: [("--version", self.measure(c, c.argv + ["--version"]))])

    # ---- counts, once each: tracing is no time ----

    def calls(self, c, argv):
        out = os.path.join(self.dir, "trace")
        subprocess.run(["strace", "-f", "-qq", "-o", out] + argv, env=c.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        lines = [x.split(None, 1)[1] for x in open(out) if " " in x]
        return sum("(" in x and not x.startswith(("<...", "---", "+++")) for x in lines), sum(x.startswith(("execve(", "execveat(")) for x in lines)

    def counts(self):
        bundle, ret = self.bundle("default", ["/bin/true"]), {}
        for c in self.contenders + [self.floor]:
            argv = ["run", self.rootfs, "/sys/fs/cgroup/" + self.id(), "plus"] if c.kind == "floor" else ["--root", self.root(c), "run", "-b", bundle, self.id()]
            ret[c.name] = self.calls(c, c.argv + argv)
        return ret

    def close(self):
        subprocess.run(["umount", "-l", self.dir])
        os.rmdir(self.dir)


def ratio(a, b, field):
    pairs = [x[field] / y[field] for x, y in zip(a, b) if y[field]]
    return statistics.median(pairs) if pairs else float("nan")


def show(lab):
    """One line per scenario and contender, for whoever tunes."""
    for scenario, by in lab.samples.items():
        print("\n%s" % scenario)
        base = by.get("brig")
        for name, s in by.items():
            wall = sorted(x[0] / 1e6 for x in s)
            q = wall[len(wall) // 4], wall[3 * len(wall) // 4]
            print("  %-22s wall %8.2f ms (%.2f-%.2f, min %.2f)  cpu %8.2f ms  peak %6d KiB   brig/this: wall %.2f cpu %.2f peak %.2f" % (
                name, statistics.median(wall), q[0], q[1], wall[0], statistics.median(x[1] / 1e3 for x in s), max(x[2] for x in s),
                *(ratio(base, s, f) if base else float("nan") for f in range(3))))
    for name, row in lab.memory.items():
        print("\nmemory of %s, KiB" % name)
        for what, value in row.items():
            print("  %-60s %s" % (what, value))


def main():
    p = argparse.ArgumentParser()
    for o in ("brig", "floor", "measure", "tiny"):
        p.add_argument("--" + o, required=True)
    p.add_argument("--peers")
    p.add_argument("--no-peers", action="store_true")
    p.add_argument("--also", action="append", help="NAME=PATH of another build of brig")
    p.add_argument("--rounds", type=int, default=41)
    p.add_argument("--only")
    p.add_argument("--out", help="folder for PERFORMANCE.md and its chart")
    a = p.parse_args()
    for o in ("floor", "measure", "tiny"):
        setattr(a, o, os.path.abspath(getattr(a, o)))
    if os.geteuid() != 0:
        sys.exit("bench.py: needs root")
    own_namespace()
    lab = Lab(a)
    lab.bad = lab.rounds(0, lab.contenders, lambda c: [("", lab.verb(c, "run", "-b", lab.bundle("default", ["/bin/true"]), lab.id()))])
    all_of = [x[9:] for x in dir(Lab) if x.startswith("scenario_")]
    try:
        for name in a.only.split(",") if a.only else all_of:
            getattr(lab, "scenario_" + name)(a.rounds)
        show(lab)
        if a.out:
            report.write(lab, a.out, lab.counts())
    finally:
        lab.close()


if __name__ == "__main__":
    main()
