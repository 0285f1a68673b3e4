/* room: pure — every property of the configuration: taken, null, of the wrong type, missing, in other case, nearly right; one row per property */
#include "tap.h"
#include "spec/spec.h"

#include <stdlib.h>
#include <strings.h>

/* OPTIONAL may be left out; REQUIRED not; TOGETHER is needed by another property of the object, so it stays; ANY takes any type */
enum need { OPTIONAL, REQUIRED, TOGETHER, ANY };
struct row { const char *name, *value; enum need need; };
struct part { const char *name, *pointer, *head, *tail; const struct row *row; };

/* ' stands for " in all texts here */
#define OCI "'ociVersion':'1.2.0'"
#define ROOT "'root':{'path':'r'}"
#define PROCESS "'process':{'cwd':'/','args':['sh']}"
#define NAMESPACES "'namespaces':[{'type':'mount'},{'type':'uts'},{'type':'ipc'},{'type':'network'},{'type':'pid'},{'type':'cgroup'},{'type':'time'},{'type':'user'}]"
#define IN_PROCESS(head) "{" OCI "," ROOT ",'process':{'cwd':'/','args':['sh']," head
#define IN_TOP(head) "{" OCI "," ROOT "," PROCESS "," head
#define IN_LINUX(head) IN_TOP("'linux':{" NAMESPACES "," head)
#define IN_RESOURCES(head) IN_LINUX("'resources':{" head)
#define IDS "[{'containerID':0,'hostID':1000,'size':10}]"

static const struct row top[] = {
	{ "ociVersion", "'1.0.2-dev'", REQUIRED }, { "process", "{'cwd':'/','args':['sh']}", REQUIRED }, { "root", "{'path':'r'}", REQUIRED },
	{ "hostname", "''", OPTIONAL }, { "domainname", "''", OPTIONAL }, { "mounts", "[]", OPTIONAL }, { "hooks", "{}", OPTIONAL },
	{ "annotations", "{'a':'b'}", OPTIONAL }, { "linux", "{}", OPTIONAL }, { 0 } };
static const struct row root[] = { { "path", "'/x'", REQUIRED }, { "readonly", "true", OPTIONAL }, { 0 } };
static const struct row process[] = {
	{ "terminal", "true", OPTIONAL }, { "consoleSize", "{'height':1,'width':2}", OPTIONAL }, { "cwd", "'/'", REQUIRED },
	{ "env", "['A=b']", OPTIONAL }, { "args", "['sh']", REQUIRED }, { "user", "{}", OPTIONAL }, { "capabilities", "{}", OPTIONAL },
	{ "rlimits", "[]", OPTIONAL }, { "noNewPrivileges", "true", OPTIONAL }, { "apparmorProfile", "'p'", OPTIONAL },
	{ "selinuxLabel", "'l'", OPTIONAL }, { "oomScoreAdj", "-5", OPTIONAL }, { "scheduler", "{'policy':'SCHED_OTHER'}", OPTIONAL },
	{ "ioPriority", "{'class':'IOPRIO_CLASS_BE'}", OPTIONAL }, { "execCPUAffinity", "{}", OPTIONAL }, { "commandLine", "'x'", ANY }, { 0 } };
static const struct row console[] = { { "height", "24", REQUIRED }, { "width", "80", REQUIRED }, { 0 } };
static const struct row user[] = { { "uid", "1", OPTIONAL }, { "gid", "1", OPTIONAL }, { "umask", "18", OPTIONAL },
	{ "additionalGids", "[1,2]", OPTIONAL }, { "username", "'x'", ANY }, { 0 } };
static const struct row caps[] = { { "bounding", "['CAP_KILL']", OPTIONAL }, { "effective", "['CAP_KILL']", OPTIONAL }, { "permitted", "['CAP_KILL']", OPTIONAL },
	{ "inheritable", "['CAP_KILL']", OPTIONAL }, { "ambient", "['CAP_KILL']", OPTIONAL }, { 0 } };
static const struct row rlimit[] = { { "type", "'RLIMIT_CORE'", REQUIRED }, { "soft", "1", REQUIRED }, { "hard", "2", REQUIRED }, { 0 } };
static const struct row fifo[] = { { "policy", "'SCHED_FIFO'", REQUIRED }, { "nice", "1", OPTIONAL }, { "priority", "5", OPTIONAL },
	{ "flags", "['SCHED_FLAG_RESET_ON_FORK']", OPTIONAL }, { 0 } };
static const struct row deadline[] = { { "policy", "'SCHED_DEADLINE'", REQUIRED }, { "runtime", "1", OPTIONAL }, { "deadline", "2", OPTIONAL }, { "period", "3", OPTIONAL }, { 0 } };
static const struct row io[] = { { "class", "'IOPRIO_CLASS_RT'", REQUIRED }, { "priority", "7", OPTIONAL }, { 0 } };
static const struct row affinity[] = { { "initial", "'0-1,3'", OPTIONAL }, { "final", "'0'", OPTIONAL }, { 0 } };
static const struct row mount[] = { { "destination", "'/x'", REQUIRED }, { "source", "'x'", OPTIONAL }, { "type", "'tmpfs'", TOGETHER }, { "options", "['ro','size=1k']", OPTIONAL }, { 0 } };
static const struct row idmount[] = { { "destination", "'/x'", REQUIRED }, { "source", "'/x'", TOGETHER }, { "type", "'bind'", OPTIONAL }, { "options", "['bind']", TOGETHER },
	{ "uidMappings", IDS, TOGETHER }, { "gidMappings", IDS, TOGETHER }, { 0 } };
static const struct row hooks[] = { { "prestart", "[]", OPTIONAL }, { "createRuntime", "[]", OPTIONAL }, { "createContainer", "[]", OPTIONAL },
	{ "startContainer", "[]", OPTIONAL }, { "poststart", "[]", OPTIONAL }, { "poststop", "[]", OPTIONAL }, { 0 } };
static const struct row hook[] = { { "path", "'/bin/true'", REQUIRED }, { "args", "['a']", OPTIONAL }, { "env", "['A=b']", OPTIONAL }, { "timeout", "3", OPTIONAL }, { 0 } };
static const struct row linux_rows[] = {
	{ "namespaces", "[{'type':'user'},{'type':'mount'},{'type':'network'},{'type':'time'}]", TOGETHER }, { "uidMappings", IDS, TOGETHER }, { "gidMappings", IDS, TOGETHER },
	{ "timeOffsets", "{}", OPTIONAL }, { "devices", "[]", OPTIONAL }, { "cgroupsPath", "'/a/b'", OPTIONAL }, { "resources", "{}", OPTIONAL },
	{ "rootfsPropagation", "'rslave'", OPTIONAL }, { "maskedPaths", "['/a']", OPTIONAL }, { "readonlyPaths", "['/a']", OPTIONAL },
	{ "sysctl", "{'net.ipv4.ip_forward':'1'}", OPTIONAL }, { "mountLabel", "'l'", OPTIONAL }, { "personality", "{'domain':'LINUX'}", OPTIONAL },
	{ "seccomp", "{'defaultAction':'SCMP_ACT_ALLOW'}", OPTIONAL }, { "netDevices", "{}", OPTIONAL }, { "memoryPolicy", "{'mode':'MPOL_DEFAULT'}", OPTIONAL },
	{ "intelRdt", "{}", OPTIONAL }, { 0 } };
static const struct row namespace[] = { { "type", "'mount'", REQUIRED }, { "path", "'/proc/1/ns/mnt'", OPTIONAL }, { 0 } };
static const struct row id_map[] = { { "containerID", "0", REQUIRED }, { "hostID", "1000", REQUIRED }, { "size", "5", REQUIRED }, { 0 } };
static const struct row clocks[] = { { "boottime", "{}", OPTIONAL }, { "monotonic", "{}", OPTIONAL }, { 0 } };
static const struct row offset[] = { { "secs", "-5", OPTIONAL }, { "nanosecs", "5", OPTIONAL }, { 0 } };
static const struct row device[] = { { "type", "'c'", REQUIRED }, { "path", "'/dev/x'", REQUIRED }, { "major", "1", TOGETHER }, { "minor", "2", TOGETHER },
	{ "fileMode", "438", OPTIONAL }, { "uid", "0", OPTIONAL }, { "gid", "0", OPTIONAL }, { 0 } };
static const struct row personality[] = { { "domain", "'LINUX32'", REQUIRED }, { "flags", "[]", OPTIONAL }, { 0 } };
static const struct row seccomp[] = { { "defaultAction", "'SCMP_ACT_ERRNO'", REQUIRED }, { "defaultErrnoRet", "1", OPTIONAL }, { "architectures", "['SCMP_ARCH_X86']", OPTIONAL },
	{ "flags", "['SECCOMP_FILTER_FLAG_LOG']", OPTIONAL }, { "listenerPath", "'/s'", TOGETHER }, { "listenerMetadata", "'m'", OPTIONAL }, { "syscalls", "[]", OPTIONAL }, { 0 } };
static const struct row rule[] = { { "names", "['read']", REQUIRED }, { "action", "'SCMP_ACT_ERRNO'", REQUIRED }, { "errnoRet", "1", OPTIONAL }, { "args", "[]", OPTIONAL },
	{ "comment", "'x'", ANY }, { "includes", "{}", ANY }, { "excludes", "{}", ANY }, { 0 } };
static const struct row arg[] = { { "index", "0", REQUIRED }, { "value", "1", REQUIRED }, { "valueTwo", "2", OPTIONAL }, { "op", "'SCMP_CMP_EQ'", REQUIRED }, { 0 } };
static const struct row netdev[] = { { "name", "'eth1'", OPTIONAL }, { 0 } };
static const struct row mempol[] = { { "mode", "'MPOL_BIND'", REQUIRED }, { "nodes", "'0'", OPTIONAL }, { "flags", "['MPOL_F_STATIC_NODES']", OPTIONAL }, { 0 } };
static const struct row rdt[] = { { "closID", "'a'", OPTIONAL }, { "l3CacheSchema", "'L3:0=f'", OPTIONAL }, { "memBwSchema", "'MB:0=9'", OPTIONAL }, { "schemata", "['L2:0=f']", OPTIONAL },
	{ "enableMonitoring", "true", OPTIONAL }, { "enableCMT", "true", ANY }, { "enableMBM", "true", ANY }, { 0 } };
static const struct row resources[] = { { "devices", "[]", OPTIONAL }, { "memory", "{}", OPTIONAL }, { "cpu", "{}", OPTIONAL }, { "blockIO", "{}", OPTIONAL },
	{ "hugepageLimits", "[]", OPTIONAL }, { "pids", "{}", OPTIONAL }, { "rdma", "{}", OPTIONAL }, { "network", "{}", OPTIONAL }, { "unified", "{}", OPTIONAL }, { 0 } };
static const struct row device_rule[] = { { "allow", "true", REQUIRED }, { "type", "'c'", OPTIONAL }, { "major", "1", OPTIONAL }, { "minor", "-1", OPTIONAL }, { "access", "'rwm'", OPTIONAL }, { 0 } };
static const struct row memory[] = { { "limit", "5", TOGETHER }, { "reservation", "5", OPTIONAL }, { "swap", "9", OPTIONAL }, { "kernel", "1", OPTIONAL }, { "kernelTCP", "1", OPTIONAL },
	{ "swappiness", "1", OPTIONAL }, { "disableOOMKiller", "true", OPTIONAL }, { "useHierarchy", "true", OPTIONAL }, { "checkBeforeUpdate", "true", OPTIONAL }, { 0 } };
static const struct row cpu[] = { { "shares", "5", OPTIONAL }, { "quota", "-1", OPTIONAL }, { "period", "1", OPTIONAL }, { "burst", "1", OPTIONAL }, { "realtimeRuntime", "1", OPTIONAL },
	{ "realtimePeriod", "1", OPTIONAL }, { "idle", "1", OPTIONAL }, { "cpus", "'0-3'", OPTIONAL }, { "mems", "'0'", OPTIONAL }, { 0 } };
static const struct row blkio[] = { { "weight", "10", OPTIONAL }, { "leafWeight", "10", OPTIONAL }, { "weightDevice", "[]", OPTIONAL }, { "throttleReadBpsDevice", "[]", OPTIONAL },
	{ "throttleWriteBpsDevice", "[]", OPTIONAL }, { "throttleReadIOPSDevice", "[]", OPTIONAL }, { "throttleWriteIOPSDevice", "[]", OPTIONAL }, { 0 } };
static const struct row weight[] = { { "major", "8", REQUIRED }, { "minor", "0", REQUIRED }, { "weight", "1000", TOGETHER }, { "leafWeight", "10", OPTIONAL }, { 0 } };
static const struct row throttle[] = { { "major", "8", REQUIRED }, { "minor", "0", REQUIRED }, { "rate", "600", REQUIRED }, { 0 } };
static const struct row hugepage[] = { { "pageSize", "'2MB'", REQUIRED }, { "limit", "1", REQUIRED }, { 0 } };
static const struct row pids[] = { { "limit", "-1", OPTIONAL }, { 0 } };
static const struct row rdma[] = { { "hcaHandles", "1", TOGETHER }, { "hcaObjects", "1", OPTIONAL }, { 0 } };
static const struct row network[] = { { "classID", "1", OPTIONAL }, { "priorities", "[]", OPTIONAL }, { 0 } };

static const struct part parts[] = {
	{ "the top level", "", "", "", top },
	{ "root", "/root", "{" OCI "," PROCESS ",'root':", "}", root },
	{ "process", "/process", "{" OCI "," ROOT ",'process':", "}", process },
	{ "process.consoleSize", "/process/consoleSize", IN_PROCESS("'consoleSize':"), "}}", console },
	{ "process.user", "/process/user", IN_PROCESS("'user':"), "}}", user },
	{ "process.capabilities", "/process/capabilities", IN_PROCESS("'capabilities':"), "}}", caps },
	{ "process.rlimits[]", "/process/rlimits/0", IN_PROCESS("'rlimits':["), "]}}", rlimit },
	{ "process.scheduler", "/process/scheduler", IN_PROCESS("'scheduler':"), "}}", fifo },
	{ "process.scheduler of a deadline", "/process/scheduler", IN_PROCESS("'scheduler':"), "}}", deadline },
	{ "process.ioPriority", "/process/ioPriority", IN_PROCESS("'ioPriority':"), "}}", io },
	{ "process.execCPUAffinity", "/process/execCPUAffinity", IN_PROCESS("'execCPUAffinity':"), "}}", affinity },
	{ "mounts[]", "/mounts/1", IN_TOP("'mounts':[{'destination':'/a','type':'tmpfs'},"), "]}", mount },
	{ "mounts[] with mappings", "/mounts/0", IN_TOP("'mounts':["), "]}", idmount },
	{ "hooks", "/hooks", IN_TOP("'hooks':"), "}", hooks },
	{ "hooks.poststop[]", "/hooks/poststop/0", IN_TOP("'hooks':{'poststop':["), "]}}", hook },
	{ "linux", "/linux", IN_TOP("'linux':"), "}", linux_rows },
	{ "linux.namespaces[]", "/linux/namespaces/0", IN_TOP("'linux':{'namespaces':["), "]}}", namespace },
	{ "linux.uidMappings[]", "/linux/uidMappings/0", IN_LINUX("'gidMappings':" IDS ",'uidMappings':["), "]}}", id_map },
	{ "linux.timeOffsets", "/linux/timeOffsets", IN_LINUX("'timeOffsets':"), "}}", clocks },
	{ "linux.timeOffsets.boottime", "/linux/timeOffsets/boottime", IN_LINUX("'timeOffsets':{'boottime':"), "}}}", offset },
	{ "linux.devices[]", "/linux/devices/0", IN_LINUX("'devices':["), "]}}", device },
	{ "linux.personality", "/linux/personality", IN_LINUX("'personality':"), "}}", personality },
	{ "linux.seccomp", "/linux/seccomp", IN_LINUX("'seccomp':"), "}}", seccomp },
	{ "linux.seccomp.syscalls[]", "/linux/seccomp/syscalls/0", IN_LINUX("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':["), "]}}}", rule },
	{ "linux.seccomp.syscalls[].args[]", "/linux/seccomp/syscalls/0/args/0",
	  IN_LINUX("'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['x'],'action':'SCMP_ACT_KILL','args':["), "]}]}}}", arg },
	{ "linux.netDevices.eth0", "/linux/netDevices/eth0", IN_LINUX("'netDevices':{'eth0':"), "}}}", netdev },
	{ "linux.memoryPolicy", "/linux/memoryPolicy", IN_LINUX("'memoryPolicy':"), "}}", mempol },
	{ "linux.intelRdt", "/linux/intelRdt", IN_LINUX("'intelRdt':"), "}}", rdt },
	{ "linux.resources", "/linux/resources", IN_LINUX("'resources':"), "}}", resources },
	{ "linux.resources.devices[]", "/linux/resources/devices/0", IN_RESOURCES("'devices':["), "]}}}", device_rule },
	{ "linux.resources.memory", "/linux/resources/memory", IN_RESOURCES("'memory':"), "}}}", memory },
	{ "linux.resources.cpu", "/linux/resources/cpu", IN_RESOURCES("'cpu':"), "}}}", cpu },
	{ "linux.resources.blockIO", "/linux/resources/blockIO", IN_RESOURCES("'blockIO':"), "}}}", blkio },
	{ "linux.resources.blockIO.weightDevice[]", "/linux/resources/blockIO/weightDevice/0", IN_RESOURCES("'blockIO':{'weightDevice':["), "]}}}}", weight },
	{ "linux.resources.blockIO.throttleReadBpsDevice[]", "/linux/resources/blockIO/throttleReadBpsDevice/0", IN_RESOURCES("'blockIO':{'throttleReadBpsDevice':["), "]}}}}", throttle },
	{ "linux.resources.hugepageLimits[]", "/linux/resources/hugepageLimits/0", IN_RESOURCES("'hugepageLimits':["), "]}}}", hugepage },
	{ "linux.resources.pids", "/linux/resources/pids", IN_RESOURCES("'pids':"), "}}}", pids },
	{ "linux.resources.rdma.mlx5_0", "/linux/resources/rdma/mlx5_0", IN_RESOURCES("'rdma':{'mlx5_0':"), "}}}}", rdma },
	{ "linux.resources.network", "/linux/resources/network", IN_RESOURCES("'network':"), "}}}", network },
};

struct outcome { bool taken; size_t notes, warnings; struct err e; char doc[4096]; };

static void add_member(struct str *t, bool *some, const char *name, const char *value)
{
	str_addf(t, "%s'%s':%s", *some ? "," : "", name, value);
	*some = true;
}

/* A document whose part p has what it needs, and in place of (or beside) row the member name:value; value NULL leaves it out. */
static struct outcome try(const struct part *p, const struct row *row, const char *name, const char *value)
{
	static struct outcome o;	/* its text is printed by the caller */
	OWN(str) t = { 0 };
	const struct spec *s;
	bool some = false;

	memset(&o, 0, sizeof(o));
	str_addf(&t, "%s{", p->head);
	for (const struct row *r = p->row; r->name; r++)
		if (r != row && (r->need == REQUIRED || r->need == TOGETHER))
			add_member(&t, &some, r->name, r->value);
	if (value)
		add_member(&t, &some, name, value);
	str_addf(&t, "}%s", p->tail);
	for (char *c = t.s; *c; c++)
		if (*c == '\'')
			*c = '"';
	snprintf(o.doc, sizeof(o.doc), "%s", t.s);
	o.taken = spec_parse("config.json", t.s, t.n, &s, &o.e) == 0;
	if (o.taken) {
		o.notes = s->notes.n;
		o.warnings = s->warnings.n;
		spec_free(s);
	}
	return o;
}

static bool complain(const char *what, const struct outcome *o)
{
	printf("# %s: %s \"%s\" at \"%s\"\n# %s\n", what, o->taken ? "taken" : "refused", o->e.text, o->e.why, o->doc);
	return false;
}

static bool refused_at(const struct outcome *o, const struct part *p)
{
	return !o->taken && o->e.kind == ERR_SPEC && strncmp(o->e.why, p->pointer, strlen(p->pointer)) == 0;
}

static bool wrong_types(const struct part *p, const struct row *row)
{
	static const char *const other[] = { "true", "5", "'text'", "['x']", "{'x':'y'}" };
	static const char kinds[] = "tn'[{";
	char own = row->value[0] == 't' ? 't' : strchr("'[{", row->value[0]) ? row->value[0] : 'n';
	bool held = true;

	for (size_t i = 0; i < 5; i++) {
		struct outcome o;

		if (kinds[i] == own)
			continue;
		o = try(p, row, row->name, other[i]);
		if (row->need == ANY ? !o.taken : !refused_at(&o, p))
			held = complain(other[i], &o);
	}
	return held;
}

static bool absent(const struct part *p, const struct row *row)
{
	struct outcome without = try(p, row, row->name, NULL), null = try(p, row, row->name, "null");

	if (row->need == TOGETHER)
		return true;
	if (without.taken != (row->need != REQUIRED))
		return complain("left out", &without);
	if (null.taken != without.taken)
		return complain("null", &null);
	return true;
}

static bool spelling(const struct part *p, const struct row *row)
{
	char name[64];
	struct outcome o;

	snprintf(name, sizeof(name), "%s", row->name);
	name[0] = (char)(name[0] - 32);
	o = try(p, NULL, name, row->value);
	if (o.taken || !strstr(o.e.text, "differs only in case") || !refused_at(&o, p))
		return complain("other case", &o);
	snprintf(name, sizeof(name), "%sx", row->name);
	o = try(p, NULL, name, row->value);
	if (!o.taken || o.notes + o.warnings != 1)
		return complain("one letter too many", &o);
	return true;
}

static void part(const struct part *p)
{
	struct outcome o = try(p, NULL, "com.example.unknown", "[{'x':null}]");

	if (!ok(o.taken && o.notes == 1 && o.warnings == 0, "%s: an unknown property is noted and ignored", p->name))
		complain("unknown", &o);
	for (const struct row *r = p->row; r->name; r++) {
		bool held;

		o = try(p, r, r->name, r->value);
		held = (o.taken && o.notes == 0 && o.warnings == 0) || complain("valid", &o);
		held = wrong_types(p, r) && held;
		held = absent(p, r) && held;
		held = spelling(p, r) && held;
		ok(held, "%s: %s", p->name, r->name);
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		part(&parts[i]);
	return done();
}
