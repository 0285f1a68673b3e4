/* room: pure — the invariants of every plan: what may stand where, and after what, and why
 *
 * A row says: no step of kind `then` (in its rooms) stands before any step of kind `first` (in its rooms). What depends on a step's arguments
 * is a function below. tests/order swaps neighbours to prove that the table misses nothing but what it declares harmless. */
#include "plan/plan.h"

#include <linux/mount.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

struct rule {
	enum op first;
	unsigned first_rooms;
	enum op then;
	unsigned then_rooms;
	const char *because;
};

#define ANY (HOST | JOIN | INIT)
#define AFTER(a, b, why) { OP_##a, ANY, OP_##b, ANY, why }
#define AFTER_IN(a, ra, b, rb, why) { OP_##a, ra, OP_##b, rb, why }

static const char standing[] = "init stands still before its first step: its uid and its /proc are still the caller's";
static const char beneath[] = "every target lies beneath the attached root";
static const char outside[] = "it is made from outside: after the root switch nothing is resolved for the set-up any more";
static const char finished[] = "hooks see the finished tree";
static const char inside[] = "before the root switch the name means a path of the host";
static const char power[] = "it needs CAP_SYS_ADMIN, which the ids take away";
static const char own_limits[] = "limits of the program must not cut short init's own set-up";
static const char witness[] = "the witness reads the result, so everything is done before it";
static const char unborn[] = "init does not exist yet";
static const char callers[] = "the sockets are the caller's: reached before any other name is resolved";
static const char taken[] = "an id that is taken is refused before anything is touched";
static const char at_birth[] = "limits and access are in force before the first instruction";

static const struct rule rule[] = {
	AFTER_IN(UNDUMPABLE, HOST, STATE_RESERVE, HOST, "nobody may look into brig while it holds anything"),
	AFTER(STATE_RESERVE, START_FIFO, "the FIFOs lie in the state directory"),
	AFTER(STATE_RESERVE, NOTIFY_DIR, "it lies in the state directory"),
	AFTER(NOTIFY_DIR, TREE_OPEN, "what is cloned is that directory"),
	AFTER(STATE_RESERVE, SOCKET_CONNECT, taken), AFTER(STATE_RESERVE, NS_OPEN, taken), AFTER(STATE_RESERVE, TREE_OPEN, taken),
	AFTER(STATE_RESERVE, UNIT_START, "what delete must undo is on disk before it is done"),
	AFTER(UNIT_START, CGROUP_OPEN, "systemd makes the cgroup"),
	AFTER(CLONE, UNIT_SETTLE, "a unit ends with its last process"),
	AFTER_IN(UNIT_SETTLE, HOST, UNDUMPABLE, INIT, standing), AFTER_IN(UNIT_SETTLE, HOST, BECOME_ROOT, INIT, standing),
	AFTER_IN(UNIT_SET, HOST, CGROUP_WRITE, HOST, "systemd writes the files too, and rounds: the exact value comes last"),
	AFTER(STATE_RESERVE, CGROUP_MAKE, "what delete must undo is on disk before it is done"),
	AFTER(STATE_RESERVE, JOIN_CLONE, "what delete must undo is on disk before it is done"),
	AFTER(STATE_RESERVE, CLONE, "what delete must undo is on disk before it is done"),
	AFTER(SOCKET_CONNECT, NS_OPEN, "the sockets are the caller's: reached before any name from the configuration is resolved"),
	AFTER(SOCKET_CONNECT, TREE_OPEN, "the sockets are the caller's: reached before any name from the configuration is resolved"),
	AFTER(CGROUP_WRITE, CLONE, at_birth), AFTER(CGROUP_WRITE, JOIN_CLONE, at_birth),
	AFTER(CGROUP_DEVICES, CLONE, at_birth), AFTER(CGROUP_DEVICES, JOIN_CLONE, at_birth),
	AFTER(CGROUP_OWNER, CLONE, at_birth), AFTER(CGROUP_OWNER, JOIN_CLONE, at_birth),
	AFTER(NS_OPEN, JOIN_CLONE, "join enters what the host holds"),
	AFTER_IN(UNDUMPABLE, JOIN, NS_ENTER, JOIN, "whoever lives in the namespaces must not look into us (CVE-2016-9962)"),
	AFTER(NS_ENTER, CLONE, "init is born in the namespaces that join has entered"),
	AFTER(NS_ENTER, TIME_OFFSETS, "entering may need a user namespace that join made first; the offsets are the last act before the clone"),
	AFTER_IN(NS_NEW, JOIN, TIME_OFFSETS, JOIN, "the offsets are the new time namespace's, not the caller's"),
	AFTER(TIME_OFFSETS, CLONE, "offsets can be written only while nobody lives in the time namespace"),
	AFTER(ID_MAP, BECOME_ROOT, "uid 0 means nothing before the map is written"),
	AFTER_IN(BECOME_ROOT, JOIN, UNDUMPABLE, INIT, "ids change before init is born"),
	AFTER_IN(BECOME_ROOT, JOIN, CLONE, JOIN, "init is born as root of its user namespace"),
	AFTER(ID_MAP, TREE_IDMAP, "the user namespace carries the mapping only after it is written"),
	AFTER_IN(ID_MAP, HOST, UNDUMPABLE, INIT, standing),
	AFTER(CLONE, TREE_IDMAP, unborn), AFTER(CLONE, NET_DEVICE, unborn), AFTER(CLONE, OOM_SCORE, unborn), AFTER(CLONE, SCHEDULER, unborn),
	AFTER(CLONE, IO_PRIORITY, unborn), AFTER(CLONE, AFFINITY, unborn), AFTER(CLONE, RDT, unborn), AFTER(CLONE, RLIMIT, unborn),
	AFTER_IN(TREE_IDMAP, HOST, UNDUMPABLE, INIT, standing), AFTER_IN(NET_DEVICE, HOST, UNDUMPABLE, INIT, standing),
	AFTER_IN(OOM_SCORE, HOST, UNDUMPABLE, INIT, standing), AFTER_IN(SCHEDULER, HOST, UNDUMPABLE, INIT, standing),
	AFTER_IN(IO_PRIORITY, HOST, UNDUMPABLE, INIT, standing), AFTER_IN(AFFINITY, HOST, UNDUMPABLE, INIT, standing),
	AFTER_IN(RDT, HOST, UNDUMPABLE, INIT, standing),
	AFTER_IN(TREE_IDMAP, HOST, BECOME_ROOT, INIT, standing), AFTER_IN(NET_DEVICE, HOST, BECOME_ROOT, INIT, standing),
	AFTER_IN(OOM_SCORE, HOST, BECOME_ROOT, INIT, standing), AFTER_IN(SCHEDULER, HOST, BECOME_ROOT, INIT, standing),
	AFTER_IN(IO_PRIORITY, HOST, BECOME_ROOT, INIT, standing), AFTER_IN(AFFINITY, HOST, BECOME_ROOT, INIT, standing),
	AFTER_IN(RDT, HOST, BECOME_ROOT, INIT, standing),
	AFTER_IN(UNDUMPABLE, INIT, NS_NEW, INIT, "first of all nobody may look into init"),
	AFTER_IN(UNDUMPABLE, INIT, LOOPBACK, INIT, "first of all nobody may look into init"),
	AFTER_IN(UNDUMPABLE, INIT, PROPAGATION, INIT, "first of all nobody may look into init"),
	AFTER_IN(NS_NEW, INIT, FS_MAKE, INIT, "a cgroup2 mount shows the cgroup namespace that it is made in"),
	AFTER(PROPAGATION, ROOT_ATTACH, "else the attached root appears on the host"),
	AFTER_IN(PROPAGATION, INIT, TREE_OPEN, INIT, "a tree cloned before is a peer of the host's mount"),
	AFTER_IN(PROPAGATION, INIT, NODE_OPEN, INIT, "a tree cloned before is a peer of the host's mount"),
	AFTER(ROOT_ATTACH, TREE_ATTACH, beneath), AFTER(ROOT_ATTACH, MOUNT_CHANGE, beneath), AFTER(ROOT_ATTACH, TMPFS_COPY, beneath),
	AFTER(ROOT_ATTACH, DEVICE_NODE, beneath), AFTER(ROOT_ATTACH, LINK, beneath), AFTER(ROOT_ATTACH, CWD_MAKE, beneath),
	AFTER(ROOT_ATTACH, CONSOLE, beneath),
	AFTER(TREE_ATTACH, PIVOT, outside), AFTER(MOUNT_CHANGE, PIVOT, outside), AFTER(DEVICE_NODE, PIVOT, outside), AFTER(LINK, PIVOT, outside),
	AFTER(CWD_MAKE, PIVOT, outside), AFTER(SYSCTL, PIVOT, outside), AFTER(CONSOLE, PIVOT, outside), AFTER(CONSOLE_SEND, PIVOT, outside),
	AFTER(LABEL_EXEC, PIVOT, "our own procfs is closed at the root switch"),
	AFTER(TREE_ATTACH, HOOK, finished), AFTER(MOUNT_CHANGE, HOOK, finished), AFTER(DEVICE_NODE, HOOK, finished), AFTER(LINK, HOOK, finished),
	AFTER(CWD_MAKE, HOOK, finished), AFTER(SYSCTL, HOOK, finished), AFTER(HOSTNAME, HOOK, finished), AFTER(DOMAINNAME, HOOK, finished),
	AFTER(CONSOLE, HOOK, finished), AFTER_IN(CONSOLE_SEND, HOST, HOOK, INIT, finished),
	AFTER(HOSTNAME, IDS, power), AFTER(DOMAINNAME, IDS, power),
	AFTER(CONSOLE, SESSION, "the terminal must be there to become the controlling one"),
	AFTER(PIVOT, ROOT_PROPAGATION, "pivot_root refuses shared mounts"),
	AFTER(PIVOT, ROOT_READONLY, "the old root is put there for a moment, and hooks may still write"),
	AFTER(PIVOT, READONLY, inside), AFTER(PIVOT, MASK, inside), AFTER(PIVOT, EXEC_FIND, inside), AFTER(PIVOT, CWD, inside),
	AFTER(PIVOT, SESSION, "hooks run in the caller's session"),
	AFTER(ROOT_PROPAGATION, READONLY, "the covers are ours: they do not take part in propagation"),
	AFTER(ROOT_PROPAGATION, MASK, "the covers are ours: they do not take part in propagation"),
	AFTER(READONLY, MASK, "a mask lies on top: nothing is copied over it"),
	AFTER(ROOT_READONLY, IDS, power), AFTER(READONLY, IDS, power), AFTER(MASK, IDS, power),
	AFTER(LABEL_EXEC, KEYRING, "the key is made with the container's label"),
	AFTER(KEYRING, IDS, "the keyring's permissions are set by root"),
	AFTER(PIVOT, FDS_CLOEXEC, "what the root switch opened is among what is closed"),
	AFTER(FDS_CLOEXEC, SECCOMP_LOAD, "a profile could forbid the call that closes (W-14)"),
	AFTER(FDS_CLOEXEC, IDS, "no descriptor of the host is held by the container's user"),
	AFTER(EXEC_FIND, SECCOMP_LOAD, "a profile could forbid the look-up"),
	AFTER(SESSION, SECCOMP_LOAD, "a profile could forbid setsid"),
	AFTER(KEYRING, SECCOMP_LOAD, "profiles forbid keyctl"),
	AFTER(PERSONALITY, SECCOMP_LOAD, "profiles forbid personality"),
	AFTER(MEMORY_POLICY, SECCOMP_LOAD, "profiles forbid set_mempolicy"),
	AFTER(EXEC_FIND, IDS, "create reports a missing program before the power is gone"),
	AFTER(CAPS_BOUND, SECCOMP_LOAD, "a profile could forbid prctl"),
	AFTER(CAPS_BOUND, IDS, "PR_CAPBSET_DROP needs CAP_SETPCAP in the effective set"),
	AFTER(IDS, CWD, "the directory is entered as the final user"),
	AFTER(IDS, CAPS, "setresuid and setgroups need CAP_SETUID and CAP_SETGID"),
	AFTER(CWD, CAPS, "the directory may need a capability that the program does not get"),
	AFTER(PIVOT, RLIMIT, own_limits), AFTER(MASK, RLIMIT, own_limits), AFTER(READONLY, RLIMIT, own_limits), AFTER(SESSION, RLIMIT, own_limits),
	AFTER(FDS_CLOEXEC, RLIMIT, own_limits), AFTER(EXEC_FIND, RLIMIT, own_limits), AFTER(CAPS_BOUND, RLIMIT, own_limits),
	AFTER(SECCOMP_COMPILE, RLIMIT, own_limits), AFTER(ROOT_OPEN, RLIMIT, own_limits),
	AFTER(RLIMIT, SECCOMP_LOAD, "the less brig does under the filter, the less the profile must allow"),
	AFTER(RLIMIT, IDS, "the limits of another user's process could be set only with CAP_SYS_RESOURCE"),
	AFTER(CAPS, ATTEST, witness), AFTER(NO_NEW_PRIVS, ATTEST, witness), AFTER(RLIMIT, ATTEST, witness),
	AFTER(CLONE, PIDFD_SEND, unborn), AFTER(SECCOMP_LOAD, SECCOMP_NOTIFY, "the listener comes with the filter"),
	AFTER(PIDFD_SEND, STATE_CREATED, "whoever waits for the descriptor has it when create ends"), AFTER(CAPS, PIDFD_SEND, "it is of the finished process"),
	AFTER(ATTEST, STATE_CREATED, "the world is told after the result is proven"),
	AFTER(STATE_CREATED, WAIT_START, "create has ended when init begins to wait"),
	AFTER_IN(UNDUMPABLE, HOST, TARGET_OPEN, HOST, "nobody may look into brig while it holds anything"),
	AFTER(TARGET_OPEN, SOCKET_CONNECT, "a container that is gone is reported before anything is touched"),
	AFTER(TARGET_OPEN, CGROUP_OPEN, "the cgroup is looked for where the target is"), AFTER(CGROUP_OPEN, CLONE, at_birth), AFTER(CGROUP_OPEN, JOIN_CLONE, at_birth),
	AFTER(BIRTH_AFFINITY, CLONE, "the child inherits it"), AFTER(BIRTH_AFFINITY, JOIN_CLONE, "the child inherits it"),
	AFTER_IN(UNDUMPABLE, JOIN, NS_JOIN, JOIN, "whoever lives in the namespaces must not look into us (CVE-2016-9962)"),
	AFTER_IN(NS_JOIN, JOIN, BECOME_ROOT, JOIN, "uid 0 is that of the container's user namespace"),
	AFTER_IN(NS_JOIN, JOIN, CLONE, JOIN, "init is born in the namespaces that join has entered"),
	AFTER_IN(UNDUMPABLE, INIT, NS_JOIN, INIT, "whoever lives in the namespaces must not look into us (CVE-2016-9962)"),
	AFTER_IN(LABEL_EXEC, INIT, NS_JOIN, INIT, "the label is written through the caller's own procfs, never the container's (CVE-2015-1334)"),
	AFTER_IN(UNDUMPABLE, INIT, LABEL_EXEC, INIT, "first of all nobody may look into init"),
	AFTER_IN(UNDUMPABLE, INIT, ROOT_OPEN, INIT, "first of all nobody may look into init"),
	AFTER(NO_NEW_PRIVS, PIDFD_SEND, "it is of the finished process"),
	AFTER_IN(NS_JOIN, INIT, BECOME_ROOT, INIT, "uid 0 is that of the container's user namespace"),
	AFTER_IN(NS_JOIN, INIT, ROOT_OPEN, INIT, "before it the root is the host's"),
	AFTER_IN(BECOME_ROOT, INIT, ROOT_OPEN, INIT, "the container's files are reached as its root"),
	AFTER(ROOT_OPEN, CONSOLE, beneath), AFTER(ROOT_OPEN, EXEC_FIND, beneath), AFTER(ROOT_OPEN, CWD, beneath), AFTER(ROOT_OPEN, SESSION, beneath),
	AFTER(ROOT_OPEN, FDS_CLOEXEC, "what entering opened is among what is closed"),
	AFTER(CONSOLE_SEND, ATTEST, witness), AFTER(ATTEST, PID_FILE, "the world is told after the result is proven"),
	AFTER(PID_FILE, EXEC, "whoever started us can find the program when it runs"),
	AFTER(WAIT_START, EXEC, "the program does not run before `start`"),
	AFTER(STATE_RESERVE, DIR_OPEN, taken), AFTER(SOCKET_CONNECT, DIR_OPEN, callers),
	AFTER(TARGET_OPEN, DIR_OPEN, "a container that is gone is reported before anything is touched"),
	AFTER(STATE_RESERVE, MOUNTPOINT, taken), AFTER(MOUNTPOINT, CRIU_RESTORE, "CRIU mounts on what is there"),
	AFTER(TREE_OPEN, MOUNTPOINT, "all names are resolved before anything is made"), AFTER(NODE_OPEN, MOUNTPOINT, "all names are resolved before anything is made"),
	AFTER(CGROUP_MAKE, CRIU_RESTORE, at_birth), AFTER(CGROUP_WRITE, CRIU_RESTORE, at_birth), AFTER(CGROUP_DEVICES, CRIU_RESTORE, at_birth),
	AFTER(CGROUP_OWNER, CRIU_RESTORE, at_birth), AFTER(STATE_RESERVE, CRIU_RESTORE, "what delete must undo is on disk before it is done"),
	AFTER(CRIU_RESTORE, UNIT_SETTLE, "a unit ends with its last process"), AFTER(CRIU_RESTORE, HOOK, unborn), AFTER(CRIU_RESTORE, CRIU_FINISH, unborn),
	AFTER(HOOK, CRIU_FINISH, "hooks set up what restored connections need"), AFTER(UNIT_SETTLE, HOOK, "the unit is held by the container alone when others look"),
	AFTER(UNIT_SETTLE, CRIU_FINISH, "the unit is held by the container alone when others look"),
	AFTER(CRIU_FINISH, CONSOLE_SEND, "the terminal is made with the processes"), AFTER(CRIU_FINISH, ATTEST, witness), AFTER(ATTEST, CRIU_RESUME, "nothing runs before it is proven"),
	AFTER(NO_NEW_PRIVS, EXEC, "a set-uid program must not get anything"), AFTER(SECCOMP_LOAD, EXEC, "the program is filtered"),
};

static int broken(const struct plan *p, size_t i, size_t k, const char *because, struct err *e)
{
	const struct step *a = &p->step[i], *b = &p->step[k];

	err_set(e, ERR_BUG, 0, "plan: step %zu %s (%s) must stand before step %zu %s (%s): %s", i, op_info[a->op].name, a->why ? a->why : "",
		k, op_info[b->op].name, b->why ? b->why : "", because);
	return err_why(e, a->why ? a->why : "");
}

static int wrong(const struct plan *p, size_t i, const char *because, struct err *e)
{
	const struct step *s = &p->step[i];

	err_set(e, ERR_BUG, 0, "plan: step %zu %s (%s): %s", i, op_info[s->op].name, s->why ? s->why : "", because);
	return err_why(e, s->why ? s->why : "");
}

#define NOWHERE ((size_t)-1)

static size_t find(const struct plan *p, enum op op, unsigned rooms)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].op == op && (p->step[i].room & rooms))
			return i;
	return NOWHERE;
}

/* Both have few acts, so all are listed. */
static int check_criu_kind(const struct plan *p, enum op op, size_t n, struct err *e)
{
	enum { DUMP = 1, RESTORE = 2 };
	static const struct { enum op op; unsigned in, once; } row[] = {
		{ OP_UNDUMPABLE, DUMP | RESTORE, DUMP | RESTORE }, { OP_TARGET_OPEN, DUMP, DUMP }, { OP_CRIU_DUMP, DUMP, DUMP }, { OP_STATE_RESERVE, RESTORE, RESTORE },
		{ OP_CRIU_RESTORE, RESTORE, RESTORE }, { OP_CRIU_FINISH, RESTORE, RESTORE }, { OP_ATTEST, RESTORE, RESTORE }, { OP_STATE_CREATED, RESTORE, RESTORE },
		{ OP_CRIU_RESUME, RESTORE, RESTORE }, { OP_DIR_OPEN, DUMP | RESTORE, 0 }, { OP_SOCKET_CONNECT, RESTORE, 0 }, { OP_NS_OPEN, RESTORE, 0 },
		{ OP_TREE_OPEN, RESTORE, 0 }, { OP_NODE_OPEN, RESTORE, 0 }, { OP_TREE_ATTR, RESTORE, 0 }, { OP_UNIT_START, RESTORE, 0 }, { OP_UNIT_SETTLE, RESTORE, 0 },
		{ OP_CGROUP_MAKE, RESTORE, 0 }, { OP_CGROUP_OPEN, RESTORE, 0 }, { OP_CGROUP_WRITE, RESTORE, 0 }, { OP_CGROUP_DEVICES, RESTORE, 0 },
		{ OP_CGROUP_OWNER, RESTORE, 0 }, { OP_MOUNTPOINT, RESTORE, 0 }, { OP_HOOK, RESTORE, 0 }, { OP_CONSOLE_SEND, RESTORE, 0 },
	};
	unsigned kind = p->kind == PLAN_CHECKPOINT ? DUMP : RESTORE;
	size_t i = 0;

	while (i < sizeof(row) / sizeof(row[0]) && row[i].op != op)
		i++;
	if (i == sizeof(row) / sizeof(row[0]) || !(row[i].in & kind))
		return n ? err_set(e, ERR_BUG, 0, "plan: %s has no place in a %s", op_info[op].name, kind == DUMP ? "checkpoint" : "restore") : 0;
	return (row[i].once & kind) && n != 1 ? err_set(e, ERR_BUG, 0, "plan: %s must stand exactly once, not %zu times", op_info[op].name, n) : 0;
}

static int check_kinds(const struct plan *p, struct err *e)
{
	size_t count[OP_COUNT] = { 0 };

	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->step[i];

		if ((unsigned)s->op >= OP_COUNT)
			return err_set(e, ERR_BUG, 0, "plan: step %zu is of no kind", i);
		if (!(op_info[s->op].rooms & s->room) || (s->room & (s->room - 1)))
			return wrong(p, i, "its kind may not stand in this room", e);
		if (!s->why || !s->why[0])
			return wrong(p, i, "it has no cause", e);
		if (s->op == OP_CLONE && s->room == ROOM_HOST && (s->clone.flags & CLONE_NEWUSER))
			return wrong(p, i, "without an id in its user namespace it loses all capabilities by executing the sealed program: join has done that", e);
		count[s->op]++;
	}
	for (size_t op = 0; op < OP_COUNT; op++) {
		enum often often = op_info[op].often, own = p->kind == PLAN_JOIN ? OFTEN_JOIN : OFTEN_MAKE;

		if (p->kind == PLAN_UPDATE && op != OP_CGROUP_OPEN && op != OP_CGROUP_WRITE && op != OP_CGROUP_DEVICES && op != OP_UNIT_SET && op != OP_RDT && count[op])
			return err_set(e, ERR_BUG, 0, "plan: %s has no place in an update", op_info[op].name);
		if (p->kind == PLAN_UPDATE)
			continue;
		if (p->kind == PLAN_CHECKPOINT || p->kind == PLAN_RESTORE) {
			TRY(check_criu_kind(p, (enum op)op, count[op], e));
			continue;
		}

		if ((often == OFTEN_BOTH || often == own) && count[op] != 1)
			return err_set(e, ERR_BUG, 0, "plan: %s must stand exactly once, not %zu times", op_info[op].name, count[op]);
		if (often != OFTEN_ANY && often != OFTEN_BOTH && often != own && count[op])
			return err_set(e, ERR_BUG, 0, "plan: %s has no place in a plan of this kind", op_info[op].name);
	}
	return 0;
}

static int check_rows(const struct plan *p, struct err *e)
{
	for (size_t r = 0; r < sizeof(rule) / sizeof(rule[0]); r++) {
		size_t then = find(p, rule[r].then, rule[r].then_rooms);

		for (size_t i = then + 1; then != NOWHERE && i < p->n; i++)
			if (p->step[i].op == rule[r].first && (p->step[i].room & rule[r].first_rooms))
				return broken(p, i, then, rule[r].because, e);
	}
	return 0;
}

/* Who lives when: join between its clone and init's, init after its own. */
static int check_lives(const struct plan *p, struct err *e)
{
	size_t join = find(p, OP_JOIN_CLONE, ANY), clone = find(p, OP_CLONE, ANY), exec = find(p, OP_EXEC, ANY);
	size_t attest = find(p, OP_ATTEST, ANY), wait = find(p, OP_WAIT_START, ANY);

	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->step[i];

		if (s->room == ROOM_INIT && i < clone)
			return broken(p, clone, i, unborn, e);
		if (s->room == ROOM_JOIN && (join == NOWHERE || i < join || i > clone))
			return wrong(p, i, "join lives from its clone to init's", e);
		if (p->kind == PLAN_JOIN)
			continue;
		if (i > wait && s->room != ROOM_INIT)
			return wrong(p, i, "after create only init acts", e);
		if (i > wait && s->op != OP_EXEC && s->op != OP_HOOK && s->op != OP_SECCOMP_LOAD)
			return wrong(p, i, "what create announces must not change after it", e);
		if (s->op == OP_HOOK && s->room == ROOM_HOST && i < clone)
			return broken(p, clone, i, unborn, e);
	}
	if (p->kind == PLAN_JOIN) {
		for (size_t i = attest + 1; i < p->n; i++)
			if (p->step[i].op != OP_PID_FILE && p->step[i].op != OP_SECCOMP_LOAD && p->step[i].op != OP_EXEC)
				return wrong(p, i, "nothing may change after the proof", e);
	} else if (find(p, OP_STATE_CREATED, ANY) != attest + 1 || wait != attest + 2)
		return wrong(p, attest, "nothing may change between the proof and the announcement", e);
	if (exec != p->n - 1)
		return wrong(p, exec, "nothing of brig is left after it", e);
	return 0;
}

/* The map is written when its user namespace exists, and before its owner acts on it. */
static int check_id_maps(const struct plan *p, struct err *e)
{
	size_t user = find(p, OP_NS_NEW, JOIN), clone = find(p, OP_CLONE, ANY);

	for (size_t i = 0; i < p->n; i++) {
		if (p->step[i].op != OP_ID_MAP)
			continue;
		if (p->step[i].ids.target == ROOM_INIT && i < clone)
			return broken(p, clone, i, unborn, e);
		if (p->step[i].ids.target == ROOM_JOIN && (user == NOWHERE || i < user))
			return wrong(p, i, "join has made no user namespace yet", e);
	}
	return 0;
}

/* Where fs.suid_dumpable says so, setresuid(2) makes a process dumpable again (prctl(2), PR_SET_DUMPABLE). */
static int check_dumpable(const struct plan *p, struct err *e)
{
	for (size_t i = 0; i + 1 < p->n; i++) {
		const struct step *s = &p->step[i];

		if (s->room == ROOM_INIT && (s->op == OP_BECOME_ROOT || s->op == OP_IDS) && p->step[i + 1].op != OP_UNDUMPABLE &&
		    p->step[i + 1].op != OP_STILL_UNDUMPABLE)
			return wrong(p, i, "a change of ids may make the process dumpable: the next step takes that back (CVE-2016-9962)", e);
	}
	return 0;
}

/* ---- descriptors ---- */

struct life { size_t filled, consumed, flat, parted; };	/* step indices; parted: no peer of the host's mount any more */

static size_t inherited_before(const struct plan *p, enum room reader)
{
	size_t join = find(p, OP_JOIN_CLONE, ANY);

	return join != NOWHERE || reader == ROOM_JOIN ? join : find(p, OP_CLONE, ANY);
}

static int check_read(const struct plan *p, const struct life *l, size_t i, struct err *e)
{
	const struct step *s = &p->step[i];
	const struct step *from;

	if (l->filled == NOWHERE)
		return wrong(p, i, "it reads a descriptor that no step before it has filled", e);
	if (l->consumed != NOWHERE)
		return wrong(p, i, "the tree that it means is attached already: flags and contents come before", e);
	from = &p->step[l->filled];
	if (s->room == from->room)
		return 0;
	if (from->room == ROOM_HOST && l->filled > inherited_before(p, s->room))
		return wrong(p, i, "it reads a descriptor that the host got after its child was made", e);
	if (from->room != ROOM_HOST && (s->room != ROOM_HOST || !op_info[from->op].exports))
		return wrong(p, i, "it reads a descriptor of another process", e);
	return 0;
}

static int check_attr_order(const struct plan *p, struct life *l, size_t i, struct err *e)
{
	const struct step *s = &p->step[i];

	if (s->op != OP_TREE_ATTR)
		return 0;
	if (s->attr.recursive && l->flat != NOWHERE)
		return broken(p, i, l->flat, "flags of the whole tree come first, those of its top override them", e);
	if (!s->attr.recursive)
		l->flat = i;
	if (s->attr.propagation)
		l->parted = i;
	return 0;
}

static int check_parted(const struct plan *p, const struct life *l, size_t i, struct err *e)
{
	const struct step *s = &p->step[i];
	enum op from = p->step[l->filled].op;

	if ((s->op != OP_TREE_ATTACH && s->op != OP_ROOT_ATTACH && s->op != OP_MASK) || (from != OP_TREE_OPEN && from != OP_NODE_OPEN))
		return 0;
	if (l->parted != NOWHERE || (s->op == OP_TREE_ATTACH && (s->attach.propagation & MS_SHARED)))
		return 0;
	return wrong(p, i, "a clone is a peer of the host's mount: what the container mounts on it would appear on the host", e);
}

static int fill(const struct plan *p, struct life *life, slot_t slot, size_t i, struct err *e)
{
	if (slot == SLOT_NONE)
		return 0;
	if (slot >= p->slots)
		return wrong(p, i, "it fills a descriptor that the plan does not have", e);
	if (life[slot].filled != NOWHERE)
		return broken(p, i, life[slot].filled, "a descriptor is filled once", e);
	life[slot].filled = i;
	return 0;
}

/* What CRIU gets. Trees are attached as they are, so they must be no peers of the host's mounts. */
static int check_criu_slots(const struct plan *p, struct life *life, size_t i, const struct criu *c, struct err *e)
{
	for (size_t k = 0; k < c->n_fds; k++) {
		struct life *l;

		if (c->fd[k].slot >= p->slots)
			return wrong(p, i, "it reads a descriptor that the plan does not have", e);
		l = &life[c->fd[k].slot];
		TRY(check_read(p, l, i, e));
		if (p->step[l->filled].op != OP_TREE_OPEN && p->step[l->filled].op != OP_NODE_OPEN)
			continue;
		if (l->parted == NOWHERE)
			return wrong(p, i, "a clone is a peer of the host's mount: what the container mounts on it would appear on the host", e);
		l->consumed = i;
	}
	return 0;
}

static int check_step_slots(const struct plan *p, struct life *life, size_t i, struct err *e)
{
	const struct step *s = &p->step[i];
	struct step_slots t = step_slots(s);

	for (unsigned k = 0; k < t.n_in; k++) {
		if (t.in[k] >= p->slots)
			return wrong(p, i, "it reads a descriptor that the plan does not have", e);
		TRY(check_read(p, &life[t.in[k]], i, e));
		TRY(check_attr_order(p, &life[t.in[k]], i, e));
		TRY(check_parted(p, &life[t.in[k]], i, e));
		if (s->op == OP_TREE_ATTACH || s->op == OP_ROOT_ATTACH)
			life[t.in[k]].consumed = i;
	}
	if (t.criu)
		TRY(check_criu_slots(p, life, i, t.criu, e));
	if (s->op == OP_START_FIFO)
		TRY(fill(p, life, s->fifo.out, i, e));
	return fill(p, life, t.out, i, e);
}

static int check_slots(const struct plan *p, struct err *e)
{
	OWN_MEM struct life *life = calloc(p->slots ? p->slots : 1, sizeof(*life));

	if (!life)
		return err_oom(e);
	for (size_t i = 0; i < p->slots; i++)
		life[i] = (struct life){ NOWHERE, NOWHERE, NOWHERE, NOWHERE };
	for (size_t i = 0; i < p->n; i++)
		TRY(check_step_slots(p, life, i, e));
	return 0;
}

/* ---- names ---- */

static bool has_host_path(const struct step *s)
{
	return s->op == OP_SOCKET_CONNECT || s->op == OP_TREE_OPEN || s->op == OP_NODE_OPEN || s->op == OP_NS_OPEN || s->op == OP_CGROUP_MAKE ||
	       s->op == OP_CGROUP_OPEN;
}

/* One room opens all trees: the host before the clone when it may, else init before the container's root is attached. */
static int check_host_paths(const struct plan *p, struct err *e)
{
	size_t open = find(p, OP_TREE_OPEN, ANY), clone = find(p, OP_CLONE, ANY), join = find(p, OP_JOIN_CLONE, ANY);
	bool early = open != NOWHERE && p->step[open].room == ROOM_HOST;
	size_t limit = !early ? find(p, OP_ROOT_ATTACH, ANY) : join != NOWHERE ? join : clone;

	if (p->kind == PLAN_JOIN)
		limit = join != NOWHERE ? join : clone;
	for (size_t i = limit + 1; i < p->n; i++)
		if (has_host_path(&p->step[i]))
			return broken(p, i, limit, "a path of the host is not resolved any more once something of the container is there", e);
	return 0;
}

/* ---- mounts and what is made on them ---- */

static bool mount_number(const char *why, unsigned long *ret)
{
	if (strncmp(why, "/mounts/", 8) != 0)
		return false;
	*ret = strtoul(why + 8, NULL, 10);
	return true;
}

static int check_mounts(const struct plan *p, struct err *e)
{
	size_t last = NOWHERE, made = NOWHERE;

	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->step[i];
		unsigned long n, before = 0;

		if (s->op == OP_DEVICE_NODE || s->op == OP_LINK || s->op == OP_CWD_MAKE || s->op == OP_CONSOLE ||
		    (s->op == OP_TREE_ATTACH && !mount_number(s->why, &n)))
			made = i;
		if ((s->op != OP_TREE_ATTACH && s->op != OP_MOUNT_CHANGE && s->op != OP_TMPFS_COPY) || !mount_number(s->why, &n))
			continue;
		if (made != NOWHERE)
			return broken(p, i, made, "it would be covered by the mount", e);
		if (last != NOWHERE && mount_number(p->step[last].why, &before) && before > n)
			return broken(p, i, last, "mounts keep the order of the configuration", e);
		if (last != NOWHERE && p->step[last].op == OP_MOUNT_CHANGE && s->op == OP_MOUNT_CHANGE && before == n && s->change.recursive < p->step[last].change.recursive)
			return broken(p, i, last, "the recursive change is the second", e);
		last = i;
	}
	return 0;
}

/* ---- hooks, filter, cgroup files ---- */

static int check_hooks(const struct plan *p, struct err *e)
{
	size_t last = NOWHERE, pivot = find(p, OP_PIVOT, ANY), label = find(p, OP_LABEL_EXEC, ANY), wait = find(p, OP_WAIT_START, ANY);

	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->step[i], *l = last == NOWHERE ? NULL : &p->step[last];

		if (s->op != OP_HOOK)
			continue;
		if (l && (l->hook.kind > s->hook.kind || (l->hook.kind == s->hook.kind && l->hook.index > s->hook.index)))
			return broken(p, i, last, "hooks run in the order of the specification and of their list", e);
		if (s->hook.kind == HOOK_START_CONTAINER && i < wait)
			return broken(p, wait, i, "it belongs to start", e);
		if (s->hook.kind != HOOK_START_CONTAINER && i > pivot)
			return broken(p, i, pivot, "its path is the host's", e);
		if (s->hook.kind != HOOK_START_CONTAINER && label != NOWHERE && i > label)
			return broken(p, i, label, "it is not the container's program: it does not run under its label", e);
		last = i;
	}
	return 0;
}

static int check_filter(const struct plan *p, struct err *e)
{
	size_t load = find(p, OP_SECCOMP_LOAD, ANY), nnp = find(p, OP_NO_NEW_PRIVS, ANY), ids = find(p, OP_IDS, ANY), wait = find(p, OP_WAIT_START, ANY);

	if (load == NOWHERE)
		return 0;
	if (p->step[load].seccomp.notify && p->step[load + 1].op != OP_SECCOMP_NOTIFY)
		return wrong(p, load, "whatever init does next may wait for the agent, so the agent must have the listener", e);
	if (!p->step[load].seccomp.last)
		return load > ids ? broken(p, load, ids, "the filter needs CAP_SYS_ADMIN in the effective set, or no_new_privs and its listener the host", e) :
		       nnp != NOWHERE && nnp > load ? broken(p, nnp, load, "the filter is loaded early because its listener must be sent; no_new_privs was asked for", e) : 0;
	if (nnp == NOWHERE || nnp > load)
		return wrong(p, load, "without no_new_privs it would need CAP_SYS_ADMIN, which is gone", e);
	if ((wait != NOWHERE && load < wait) || load != p->n - 2)
		return wrong(p, load, "the filter need not allow what brig itself does, so it is the last act but one", e);
	return 0;
}

static const struct { const char *first, *then, *because; } file_rule[] = {
	{ "cpu.idle", "cpu.weight", "an idle cgroup has no weight" },
	{ "cpu.max", "cpu.max.burst", "the burst is bounded by the quota" },
};

static int check_cgroup_files(const struct plan *p, struct err *e)
{
	size_t last = NOWHERE;

	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->step[i], *l = last == NOWHERE ? NULL : &p->step[last];

		if (s->op != OP_CGROUP_WRITE)
			continue;
		if (l && strstr(l->why, "/unified") && !strstr(s->why, "/unified"))
			return broken(p, i, last, "the user's own words come last", e);
		for (size_t k = 0; l && k < sizeof(file_rule) / sizeof(file_rule[0]); k++)
			if (strcmp(s->write.file, file_rule[k].first) == 0 && strcmp(l->write.file, file_rule[k].then) == 0)
				return broken(p, i, last, file_rule[k].because, e);
		last = i;
	}
	return 0;
}

/* Whatever restore does beyond its rows: nothing stands between the proof, the announcement and the end; hooks as in create. */
static int check_restore(const struct plan *p, struct err *e)
{
	size_t attest = find(p, OP_ATTEST, ANY), start = find(p, OP_CRIU_RESTORE, ANY);

	if (attest + 3 != p->n || p->step[attest + 1].op != OP_STATE_CREATED || p->step[attest + 2].op != OP_CRIU_RESUME)
		return wrong(p, attest, "what has been proven is announced, and runs: nothing may change in between", e);
	for (size_t i = start + 1; i < p->n; i++)
		if (has_host_path(&p->step[i]) || p->step[i].op == OP_DIR_OPEN)
			return broken(p, i, start, "a path of the host is not resolved any more once something of the container is there", e);
	return check_hooks(p, e);
}

int plan_check(const struct plan *p, struct err *e)
{
	TRY(check_kinds(p, e));
	TRY(check_rows(p, e));
	if (p->kind == PLAN_UPDATE || p->kind == PLAN_CHECKPOINT || p->kind == PLAN_RESTORE) {
		TRY(check_slots(p, e));
		if (p->kind == PLAN_RESTORE)
			TRY(check_restore(p, e));
		return check_cgroup_files(p, e);
	}
	TRY(check_lives(p, e));
	TRY(check_id_maps(p, e));
	TRY(check_dumpable(p, e));
	TRY(check_slots(p, e));
	TRY(check_host_paths(p, e));
	TRY(check_mounts(p, e));
	TRY(check_hooks(p, e));
	TRY(check_filter(p, e));
	return check_cgroup_files(p, e);
}
