/* room: pure — one document with every property set, and the values that come of it; mount options; the parts alone; running out of memory */
#include "tap.h"
#include "spec/spec.h"

#include <linux/mount.h>
#include <stdlib.h>
#include <sys/resource.h>

/* ' stands for " */
static const char full[] =
"{'ociVersion':'1.3.0','hostname':'h','domainname':'d','annotations':{'a/b':'c'},'root':{'path':'fs','readonly':true},"
"'process':{'terminal':true,'consoleSize':{'height':24,'width':80},'cwd':'/w','env':['A=b','C='],'args':['sh','-c'],"
" 'user':{'uid':5,'gid':6,'umask':18,'additionalGids':[7,8],'username':'x'},'commandLine':'y',"
" 'capabilities':{'bounding':['CAP_CHOWN','CAP_KILL','CAP_NOPE'],'effective':['CAP_CHOWN'],'permitted':['CAP_KILL'],'inheritable':[],'ambient':['CAP_CHECKPOINT_RESTORE']},"
" 'rlimits':[{'type':'RLIMIT_NOFILE','soft':1,'hard':18446744073709551615}],'noNewPrivileges':true,'apparmorProfile':'p','selinuxLabel':'l',"
" 'oomScoreAdj':-7,'scheduler':{'policy':'SCHED_DEADLINE','nice':-20,'flags':['SCHED_FLAG_RECLAIM','SCHED_FLAG_DL_OVERRUN'],'runtime':1,'deadline':2,'period':3},"
" 'ioPriority':{'class':'IOPRIO_CLASS_IDLE','priority':7},'execCPUAffinity':{'initial':'0','final':'1-2'}},"
"'mounts':[{'destination':'rel/x','source':'/s','options':['rbind','ro','rro','rslave','src-nofollow','dest-nofollow','copy-symlink','idmap'],"
"  'uidMappings':[{'containerID':0,'hostID':9,'size':1}],'gidMappings':[{'containerID':0,'hostID':9,'size':1}]}],"
"'hooks':{'prestart':[{'path':'/p'}],'createRuntime':[{'path':'/p','args':['p','q'],'env':['E=f'],'timeout':9}],'poststop':[{'path':'/p','env':[]}]},"
"'linux':{'namespaces':[{'type':'mount'},{'type':'uts'},{'type':'ipc'},{'type':'network','path':'/n'},{'type':'pid'},{'type':'cgroup'},{'type':'time'},{'type':'user'}],"
" 'uidMappings':[{'containerID':0,'hostID':1000,'size':10},{'containerID':10,'hostID':2000,'size':1}],'gidMappings':[{'containerID':0,'hostID':1000,'size':10}],"
" 'timeOffsets':{'monotonic':{'secs':-5,'nanosecs':6},'boottime':{}},"
" 'devices':[{'type':'u','path':'/dev/u','major':1,'minor':2,'fileMode':33206,'uid':3,'gid':4},{'type':'b','path':'/dev/b','major':7,'minor':8},{'type':'p','path':'/dev/p'}],"
" 'cgroupsPath':'/c','rootfsPropagation':'rshared','maskedPaths':['/m'],'readonlyPaths':['/r'],'sysctl':{'net.x':'1'},'mountLabel':'ml',"
" 'personality':{'domain':'LINUX32'},'netDevices':{'eth0':{'name':'e1'},'eth2':{}},"
" 'memoryPolicy':{'mode':'MPOL_INTERLEAVE','nodes':'0-1','flags':['MPOL_F_RELATIVE_NODES','MPOL_F_NUMA_BALANCING']},"
" 'intelRdt':{'closID':'clos','l3CacheSchema':'L3:0=f','memBwSchema':'MB:0=9','schemata':['L2:0=1','L2:1=2'],'enableMonitoring':true},"
" 'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':38,'architectures':['SCMP_ARCH_X86_64','SCMP_ARCH_X86'],"
"  'flags':['SECCOMP_FILTER_FLAG_TSYNC','SECCOMP_FILTER_FLAG_LOG','SECCOMP_FILTER_FLAG_SPEC_ALLOW','SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'],"
"  'listenerPath':'/l','listenerMetadata':'md','syscalls':[{'names':['a','b'],'action':'SCMP_ACT_NOTIFY'},"
"  {'names':['c'],'action':'SCMP_ACT_ERRNO','errnoRet':0,'args':[{'index':5,'value':18446744073709551615,'valueTwo':1,'op':'SCMP_CMP_MASKED_EQ'}]},"
"  {'names':['d'],'action':'SCMP_ACT_KILL'}]},"
" 'resources':{'devices':[{'allow':false},{'allow':true,'type':'u','major':5,'minor':-1,'access':'rw'}],"
"  'memory':{'limit':10,'reservation':5,'swap':20,'kernel':-1,'kernelTCP':-1,'swappiness':60,'disableOOMKiller':true,'useHierarchy':true,'checkBeforeUpdate':true},"
"  'cpu':{'shares':1024,'quota':100,'period':200,'burst':50,'realtimeRuntime':1,'realtimePeriod':2,'idle':1,'cpus':'0-3','mems':'0'},"
"  'blockIO':{'weight':500,'leafWeight':10,'weightDevice':[{'major':8,'minor':0,'weight':100},{'major':8,'minor':1,'leafWeight':200}],"
"   'throttleReadBpsDevice':[{'major':1,'minor':2,'rate':3}],'throttleWriteBpsDevice':[{'major':1,'minor':2,'rate':4}],"
"   'throttleReadIOPSDevice':[{'major':1,'minor':2,'rate':5}],'throttleWriteIOPSDevice':[{'major':1,'minor':2,'rate':6}]},"
"  'hugepageLimits':[{'pageSize':'2MB','limit':7}],'pids':{'limit':-1},'rdma':{'mlx':{'hcaHandles':8},'mly':{'hcaObjects':9}},"
"  'network':{'classID':1,'priorities':[{'name':'e','priority':1}]},'unified':{'memory.high':'5'}}}}";

static char *quoted(const char *text)
{
	char *copy = strdup(text);

	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	return copy;
}

static void process(const struct spec_process *p)
{
	ok(p->present && p->terminal && p->console_height == 24 && p->console_width == 80, "terminal and its size");
	is_str(p->cwd, "/w", "cwd");
	ok(p->env.n == 2 && strcmp(p->env.item[1], "C=") == 0 && p->args.n == 2 && strcmp(p->args.item[1], "-c") == 0, "env and args");
	ok(p->user.uid == 5 && p->user.gid == 6 && p->user.has_umask && p->user.umask == 022 && p->user.additional_gids.n == 2 &&
	   p->user.additional_gids.item[1] == 8, "user");
	ok(p->caps.present && p->caps.bounding == (1u << 0 | 1u << 5) && p->caps.effective == 1 && p->caps.permitted == 1u << 5 && p->caps.inheritable == 0 &&
	   p->caps.ambient == 1ull << 40, "capabilities");
	ok(p->rlimits.n == 1 && p->rlimits.item[0].resource == RLIMIT_NOFILE && p->rlimits.item[0].soft == 1 && p->rlimits.item[0].hard == UINT64_MAX, "rlimits");
	ok(p->no_new_privs && strcmp(p->apparmor_profile, "p") == 0 && strcmp(p->selinux_label, "l") == 0 && p->has_oom_score && p->oom_score_adj == -7, "single values");
	ok(p->scheduler.present && p->scheduler.policy == 6 && p->scheduler.nice == -20 && p->scheduler.flags == (2 | 4) && p->scheduler.runtime == 1 &&
	   p->scheduler.deadline == 2 && p->scheduler.period == 3, "scheduler");
	ok(p->has_io_priority && p->io_class == 3 && p->io_priority == 7, "I/O priority");
	ok(strcmp(p->cpu_affinity_initial, "0") == 0 && strcmp(p->cpu_affinity_final, "1-2") == 0, "affinity");
	is_str(p->rlimits.item[0].at, "/process/rlimits/0", "a part knows where it stood");
}

static void linux_part(const struct spec_linux *l)
{
	ok(l->ns[NS_MOUNT].present && l->ns[NS_USER].present && !l->ns[NS_MOUNT].path && strcmp(l->ns[NS_NET].path, "/n") == 0 &&
	   strcmp(l->ns[NS_NET].at, "/linux/namespaces/3") == 0, "namespaces");
	ok(l->uid_map.n == 2 && l->uid_map.item[1].inside == 10 && l->uid_map.item[1].outside == 2000 && l->uid_map.item[1].size == 1 && l->gid_map.n == 1, "mappings");
	ok(l->monotonic.set && l->monotonic.secs == -5 && l->monotonic.nanosecs == 6 && l->boottime.set && l->boottime.secs == 0, "time offsets");
	ok(l->devices.n == 3 && l->devices.item[0].type == DEV_CHAR && l->devices.item[0].mode == 0666 && l->devices.item[0].major == 1 &&
	   l->devices.item[0].minor == 2 && l->devices.item[0].uid == 3 && l->devices.item[0].gid == 4, "a device, the type bits of its mode cut off");
	ok(l->devices.item[1].type == DEV_BLOCK && l->devices.item[1].mode == 0666 && l->devices.item[2].type == DEV_FIFO, "others, with the default mode");
	ok(strcmp(l->cgroups_path, "/c") == 0 && l->rootfs_propagation == (1u << 20 | 16384) && l->masked_paths.n == 1 && l->readonly_paths.n == 1 &&
	   strcmp(l->mount_label, "ml") == 0, "paths and propagation");
	ok(l->sysctl.n == 1 && strcmp(l->sysctl.item[0].key, "net/x") == 0 && strcmp(l->sysctl.item[0].value, "1") == 0 && l->has_personality && l->personality == 8, "sysctl and personality");
	ok(l->net_devices.n == 2 && strcmp(l->net_devices.item[0].name, "e1") == 0 && strcmp(l->net_devices.item[1].name, "eth2") == 0, "network devices keep their name without another");
	ok(l->memory_policy.present && l->memory_policy.mode == 3 && l->memory_policy.flags == (1u << 14 | 1u << 13) && strcmp(l->memory_policy.nodes, "0-1") == 0, "memory policy");
	ok(l->rdt.present && strcmp(l->rdt.clos_id, "clos") == 0 && strcmp(l->rdt.l3_schema, "L3:0=f") == 0 && strcmp(l->rdt.mb_schema, "MB:0=9") == 0 &&
	   l->rdt.schemata.n == 2 && l->rdt.monitoring, "resctrl");
}

static void seccomp(const struct spec_seccomp *s)
{
	ok(s->present && s->default_action == SC_ERRNO && s->has_default_errno && s->default_errno == 38 && s->archs.n == 2 && s->flags == 15 && s->has_flags, "seccomp defaults");
	ok(strcmp(s->listener_path, "/l") == 0 && strcmp(s->listener_metadata, "md") == 0 && s->notify, "its listener");
	ok(s->rules.n == 3 && s->rules.item[0].names.n == 2 && s->rules.item[0].action == SC_NOTIFY && !s->rules.item[0].has_errno, "a rule");
	ok(s->rules.item[1].has_errno && s->rules.item[1].errno_ret == 0 && s->rules.item[1].args.n == 1 && s->rules.item[1].args.item[0].index == 5 &&
	   s->rules.item[1].args.item[0].value == UINT64_MAX && s->rules.item[1].args.item[0].value_two == 1 && s->rules.item[1].args.item[0].op == SC_MASKED_EQ, "a rule with arguments");
	ok(s->rules.item[2].action == SC_KILL_THREAD, "SCMP_ACT_KILL is the thread's");
}

static void resources(const struct spec_resources *r)
{
	ok(r->present && r->devices.n == 2 && !r->devices.item[0].allow && r->devices.item[0].type == 'a' && r->devices.item[0].major == DEV_ANY && r->devices.item[0].access == 7, "a rule for all devices");
	ok(r->devices.item[1].allow && r->devices.item[1].type == 'c' && r->devices.item[1].major == 5 && r->devices.item[1].minor == DEV_ANY && r->devices.item[1].access == 3, "a rule for some");
	ok(r->memory.limit.v == 10 && r->memory.reservation.v == 5 && r->memory.swap.v == 20 && r->memory.kernel.v == -1 && r->memory.kernel_tcp.v == -1 &&
	   r->memory.swappiness.v == 60 && r->memory.disable_oom_killer && r->memory.use_hierarchy && r->memory.check_before_update, "memory");
	ok(r->cpu.shares.v == 1024 && r->cpu.quota.v == 100 && r->cpu.period.v == 200 && r->cpu.burst.v == 50 && r->cpu.rt_runtime.v == 1 && r->cpu.rt_period.v == 2 &&
	   r->cpu.idle.v == 1 && strcmp(r->cpu.cpus, "0-3") == 0 && strcmp(r->cpu.mems, "0") == 0, "cpu");
	ok(r->blkio.weight.v == 500 && r->blkio.leaf_weight.v == 10 && r->blkio.weight_device.n == 2 && r->blkio.weight_device.item[0].has_weight && !r->blkio.weight_device.item[0].has_leaf &&
	   r->blkio.weight_device.item[1].leaf == 200, "block I/O weights");
	ok(r->blkio.read_bps.item[0].rate == 3 && r->blkio.write_bps.item[0].rate == 4 && r->blkio.read_iops.item[0].rate == 5 && r->blkio.write_iops.item[0].rate == 6, "block I/O limits");
	ok(r->hugepages.n == 1 && strcmp(r->hugepages.item[0].size, "2MB") == 0 && r->hugepages.item[0].limit == 7 && r->pids.set && r->pids.v == -1, "huge pages and pids");
	ok(r->rdma.n == 2 && r->rdma.item[0].has_handles && !r->rdma.item[0].has_objects && r->rdma.item[0].handles == 8 && r->rdma.item[1].objects == 9, "rdma");
	ok(r->network.class_id.v == 1 && r->network.priorities == 1 && r->unified.n == 1 && strcmp(r->unified.item[0].key, "memory.high") == 0, "network and unified");
}

static void rest(const struct spec *s)
{
	const struct spec_mount *m = &s->mounts.item[0];
	const struct spec_hook *h = &s->hooks[HOOK_CREATE_RUNTIME].item[0];

	ok(strcmp(s->oci_version, "1.3.0") == 0 && s->has_root && strcmp(s->root_path, "fs") == 0 && s->root_readonly && strcmp(s->hostname, "h") == 0 &&
	   strcmp(s->domainname, "d") == 0 && s->annotations.n == 1 && strcmp(s->annotations.item[0].key, "a/b") == 0, "the top level");
	is_str(s->annotations.item[0].at, "/annotations/a~1b", "with an escaped pointer");
	ok(m->kind == MOUNT_BIND && strcmp(m->destination, "/rel/x") == 0 && m->bind && m->recursive && m->attr.set == MOUNT_ATTR_RDONLY && m->rattr.set == MOUNT_ATTR_RDONLY &&
	   m->propagation == 1u << 19 && m->propagation_recursive && m->src_nofollow && m->dest_nofollow && m->copy_symlink && m->idmap && m->uid_map.n == 1, "a mount");
	ok(s->hooks[HOOK_PRESTART].n == 1 && !s->hooks[HOOK_PRESTART].item[0].has_env && h->args.n == 2 && h->env.n == 1 && h->has_env && h->timeout == 9 &&
	   s->hooks[HOOK_POSTSTOP].item[0].has_env && s->hooks[HOOK_POSTSTOP].item[0].env.n == 0, "hooks");
	ok(s->warnings.n == 2 && strstr(s->warnings.item[0], "unknown capability \"CAP_NOPE\"") && strstr(s->warnings.item[1], "relative destination"), "two warnings");
	is_int((long long)s->notes.n, 0, "no notes");
}

static void whole(void)
{
	char *text = quoted(full);
	const struct spec *s;
	struct err e;

	if (ok(spec_parse("c", text, strlen(text), &s, &e) == 0, "the whole document")) {
		process(&s->process);
		linux_part(&s->linux_);
		seccomp(&s->linux_.seccomp);
		resources(&s->linux_.resources);
		rest(s);
		spec_dropp(&s);
		ok(!s, "a dropped spec is gone");
	} else {
		printf("# %s at %s\n", e.text, e.why);
	}
	spec_free(NULL);
	free(text);
}

/* What one option makes of a mount; options that undo each other follow in pairs. */
static void options(void)
{
	static const struct { const char *list; uint64_t set, clear, explicit_clear, rset, sb; } table[] = {
		{ "'defaults',''", 0, 0, 0, 0, 0 }, { "'ro'", MOUNT_ATTR_RDONLY, 0, 0, 0, 0 }, { "'ro','rw'", 0, MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY, 0, 0 },
		{ "'rw','ro'", MOUNT_ATTR_RDONLY, 0, 0, 0, 0 }, { "'nosuid','nodev','noexec'", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0, 0, 0, 0 },
		{ "'suid'", 0, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NOSUID, 0, 0 }, { "'noatime'", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, MOUNT_ATTR__ATIME, 0, 0 },
		{ "'noatime','strictatime'", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME, MOUNT_ATTR__ATIME, 0, 0 }, { "'relatime'", 0, MOUNT_ATTR__ATIME, MOUNT_ATTR__ATIME, 0, 0 },
		{ "'rro','rnoatime'", 0, 0, 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOATIME, 0 }, { "'rro','rrw'", 0, 0, 0, 0, 0 }, { "'sync','dirsync'", 0, 0, 0, 0, 16 | 128 },
		{ "'sync','async'", 0, 0, 0, 0, 0 }, { "'mand','silent','iversion','lazytime'", 0, 0, 0, 0, 64 | 1 << 15 | 1 << 23 | 1 << 25 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		OWN(str) t = { 0 };
		const struct spec_mount *m;
		const struct spec *s;
		char *text;
		struct err e;

		str_addf(&t, "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'/','args':['sh']},'mounts':[{'destination':'/x','type':'tmpfs','options':[%s]}]}", table[i].list);
		text = quoted(t.s);
		if (ok(spec_parse("c", text, strlen(text), &s, &e) == 0, "options %s", table[i].list)) {
			m = &s->mounts.item[0];
			ok(m->attr.set == table[i].set && m->attr.clear == table[i].clear && m->explicit_clear == table[i].explicit_clear && m->rattr.set == table[i].rset &&
			   m->sb_flags == table[i].sb && m->data.n == 0, "and what they mean");
			spec_free(s);
		}
		free(text);
	}
}

static const struct spec_mount *one_mount(const char *mount, const struct spec **s)
{
	OWN(str) t = { 0 };
	OWN_STR text = NULL;
	struct err e;

	str_addf(&t, "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'/','args':['sh']},'mounts':[%s]}", mount);
	text = quoted(t.s);
	return spec_parse("c", text, strlen(text), s, &e) == 0 ? &(*s)->mounts.item[0] : NULL;
}

static void kinds(void)
{
	static const struct { const char *mount; enum mount_kind kind; bool recursive; } table[] = {
		{ "{'destination':'/x','type':'proc'}", MOUNT_PROC, false }, { "{'destination':'/x','type':'sysfs'}", MOUNT_SYSFS, false },
		{ "{'destination':'/x','type':'mqueue'}", MOUNT_MQUEUE, false }, { "{'destination':'/x','type':'devpts'}", MOUNT_DEVPTS, false },
		{ "{'destination':'/x','type':'cgroup2'}", MOUNT_CGROUP, false }, { "{'destination':'/x','type':'ext4','source':'/d'}", MOUNT_FS, false },
		{ "{'destination':'/x','options':['remount','bind','ro']}", MOUNT_CHANGE, false },
		{ "{'destination':'/x','type':'bind','source':'/s'}", MOUNT_BIND, true }, { "{'destination':'/x','type':'bind','source':'/s','options':null}", MOUNT_BIND, true },
		{ "{'destination':'/x','type':'bind','source':'/s','options':[]}", MOUNT_BIND, false }, { "{'destination':'/x','type':'none','source':'/s','options':['bind']}", MOUNT_BIND, false },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		const struct spec *s = NULL;
		const struct spec_mount *m = one_mount(table[i].mount, &s);

		ok(m && m->kind == table[i].kind && m->recursive == table[i].recursive, "%s", table[i].mount);
		spec_free(s);
	}
}

static void alone(void)
{
	static const char process_text[] = "{\"cwd\":\"/\",\"args\":[\"a\"]}", empty[] = "{\"cwd\":\"/\"}", resource_text[] = "{\"pids\":{\"limit\":5}}",
		bad[] = "{\"memory\":{\"swap\":5}}";
	const struct spec *s;
	struct err e;

	if (ok(spec_parse_process("p", process_text, sizeof(process_text) - 1, &s, &e) == 0, "a process alone")) {
		is_str(s->process.args.item[0], "a", "its argument");
		spec_free(s);
	}
	ok(spec_parse_process("p", empty, sizeof(empty) - 1, &s, &e) < 0 && strcmp(e.why, "/args") == 0, "a process alone is blamed by its own pointer");
	if (ok(spec_parse_resources("r", resource_text, sizeof(resource_text) - 1, &s, &e) == 0, "resources alone")) {
		is_int(s->linux_.resources.pids.v, 5, "their limit");
		spec_free(s);
	}
	ok(spec_parse_resources("r", bad, sizeof(bad) - 1, &s, &e) < 0, "resources alone are checked");
	ok(spec_parse_resources("r", "[", 1, &s, &e) < 0 && strncmp(e.text, "r:1:", 4) == 0, "a syntax error names the file");
}

int main(void)
{
	whole();
	options();
	kinds();
	alone();
	return done();
}
