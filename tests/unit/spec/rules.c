/* room: pure — values out of range and rules between properties: what is refused, with which words, and where the blame goes */
#include "tap.h"
#include "base/limits.h"
#include "spec/spec.h"

#include <stdlib.h>

/* ' stands for " in all texts; process, linux, mounts and top are what is added to a small valid document */
enum where { TOP, PROC, MOUNT, LINUX, BARE };
static const char *const head[] = {
	[TOP] = "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'/','args':['sh']},",
	[PROC] = "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'/','args':['sh'],",
	[MOUNT] = "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'/','args':['sh']},'mounts':[",
	[LINUX] = "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'/','args':['sh']},'linux':{",
	[BARE] = "",
};
static const char *const tail[] = { [TOP] = "}", [PROC] = "}}", [MOUNT] = "]}", [LINUX] = "}}", [BARE] = "" };

#define ALL "'namespaces':[{'type':'mount'},{'type':'uts'},{'type':'ipc'},{'type':'network'},{'type':'pid'},{'type':'cgroup'},{'type':'time'},{'type':'user'}],"
#define MAP(in, out, n) "{'containerID':" #in ",'hostID':" #out ",'size':" #n "}"
#define USER "'namespaces':[{'type':'user'}],"
#define SC(rest) "'seccomp':{'defaultAction':'SCMP_ACT_ALLOW'," rest "}"
#define RULE(rest) SC("'syscalls':[{'names':['read']," rest "}]")

/* error NULL: taken. at NULL: not looked at */
static const struct { enum where where; const char *text, *error, *at; } cases[] = {
	/* the document */
	{ BARE, "[]", "must be an object, not an array", "" },
	{ BARE, "{'ociVersion':'1.2.0','root':{'path':'r'}}", "process property must not be empty", "/process" },
	{ BARE, "{'ociVersion':'1.2.0','process':{'cwd':'/','args':['sh']}}", "root is required", "/root" },
	{ BARE, "{'root':{'path':'r'},'process':{'cwd':'/','args':['sh']}}", "\"ociVersion\" is required", "" },
	{ BARE, "{'ociVersion':'2.0.0'}", "version 2.0.0 is not supported", "/ociVersion" },
	{ BARE, "{'ociVersion':'0.9.0'}", "is not supported", "/ociVersion" },
	{ BARE, "{'ociVersion':'1.0'}", "not a semantic version", "/ociVersion" },
	{ BARE, "{'ociVersion':'1.0.'}", "not a semantic version", NULL },
	{ BARE, "{'ociVersion':'1..0'}", "not a semantic version", NULL },
	{ BARE, "{'ociVersion':''}", "not a semantic version", NULL },
	{ BARE, "{'ociVersion':'v1.0.0'}", "not a semantic version", NULL },
	{ BARE, "{'ociVersion':'1.0.0x'}", "not a semantic version", NULL },
	{ BARE, "{'ociVersion':'1.0.0+b','root':{'path':'r'},'process':{'cwd':'/','args':['sh']}}", NULL, NULL },
	{ TOP, "'hostname':'h'", "without a private UTS namespace", "/hostname" },
	{ TOP, "'domainname':'h'", "without a private UTS namespace", "/domainname" },
	{ TOP, "'hostname':'0123456789012345678901234567890123456789012345678901234567890123x'", "longer than 64 bytes", "/hostname" },
	{ TOP, "'hostname':'a\\nb'", "control character", "/hostname" },
	{ TOP, "'annotations':{'':'x'}", "not a valid annotation key", NULL },
	{ TOP, "'annotations':{'a':5}", "must be a string", "/annotations/a" },
	{ BARE, "{'ociVersion':'1.2.0','root':{'path':''},'process':{'cwd':'/','args':['sh']}}", "must not be empty", "/root/path" },
	/* process */
	{ BARE, "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'/'}}", "args must not be empty", "/process/args" },
	{ BARE, "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'/','args':[]}}", "args must not be empty", "/process/args" },
	{ BARE, "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'x','args':['a']}}", "must be an absolute path", "/process/cwd" },
	{ BARE, "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'','args':['a']}}", "must be an absolute path", "/process/cwd" },
	{ PROC, "'user':{'uid':4294967295}", "out of range", "/process/user/uid" },
	{ PROC, "'user':{'uid':4294967294}", NULL, NULL },
	{ PROC, "'user':{'uid':-1}", "out of range", "/process/user/uid" },
	{ PROC, "'user':{'uid':-0}", NULL, NULL },
	{ PROC, "'user':{'uid':1.0}", "must be a whole number", "/process/user/uid" },
	{ PROC, "'user':{'uid':1e400}", "must be a whole number", "/process/user/uid" },
	{ PROC, "'user':{'uid':99999999999999999999}", "out of range", "/process/user/uid" },
	{ PROC, "'user':{'gid':4294967296}", "out of range", "/process/user/gid" },
	{ PROC, "'user':{'additionalGids':[1,4294967295]}", "out of range", "/process/user/additionalGids/1" },
	{ PROC, "'user':{'umask':511}", NULL, NULL },
	{ PROC, "'user':{'umask':512}", "beyond 0777", "/process/user/umask" },
	{ PROC, "'env':['A']", "not of the form KEY=VALUE", "/process/env/0" },
	{ PROC, "'env':['A=b','=b']", "not of the form KEY=VALUE", "/process/env/1" },
	{ PROC, "'env':['A\\nB=c']", "control character", "/process/env/0" },
	{ PROC, "'env':['A\\u007f=c']", "control character", "/process/env/0" },
	{ PROC, "'env':['A=','B=x=y\\n']", NULL, NULL },
	{ PROC, "'env':['A\\u0000=b']", "NUL character", NULL },
	{ PROC, "'rlimits':[{'type':'RLIMIT_NOPE','soft':1,'hard':1}]", "unknown resource limit", "/process/rlimits/0/type" },
	{ PROC, "'rlimits':[{'type':'RLIMIT_CORE','soft':2,'hard':1}]", "above the hard limit", "/process/rlimits/0" },
	{ PROC, "'rlimits':[{'type':'RLIMIT_CORE','soft':1,'hard':1},{'type':'RLIMIT_CORE','soft':1,'hard':1}]", "given twice", "/process/rlimits/1" },
	{ PROC, "'rlimits':[{'type':'RLIMIT_CORE','soft':1,'hard':18446744073709551615}]", NULL, NULL },
	{ PROC, "'rlimits':[{'type':'RLIMIT_CORE','soft':1,'hard':18446744073709551616}]", "out of range", "/process/rlimits/0/hard" },
	{ PROC, "'rlimits':[{'type':'RLIMIT_CORE','soft':1.5,'hard':2}]", "must be a whole number", "/process/rlimits/0/soft" },
	{ PROC, "'oomScoreAdj':-1000", NULL, NULL }, { PROC, "'oomScoreAdj':1001", "out of range", "/process/oomScoreAdj" },
	{ PROC, "'oomScoreAdj':-1001", "out of range", "/process/oomScoreAdj" }, { PROC, "'oomScoreAdj':2147483648", "out of range", "/process/oomScoreAdj" },
	{ PROC, "'scheduler':{'policy':'SCHED_NOPE'}", "unknown scheduling policy", "/process/scheduler/policy" },
	{ PROC, "'scheduler':{'policy':'SCHED_FIFO','flags':['x']}", "unknown scheduler flag", "/process/scheduler/flags/0" },
	{ PROC, "'scheduler':{'policy':'SCHED_OTHER','nice':20}", "nice 20 is out of range", "/process/scheduler" },
	{ PROC, "'scheduler':{'policy':'SCHED_OTHER','nice':-21}", "nice -21 is out of range", "/process/scheduler" },
	{ PROC, "'scheduler':{'policy':'SCHED_OTHER','priority':1}", "SCHED_FIFO or SCHED_RR", "/process/scheduler" },
	{ PROC, "'scheduler':{'policy':'SCHED_FIFO','runtime':1}", "SCHED_DEADLINE", "/process/scheduler" },
	{ PROC, "'scheduler':{'policy':'SCHED_FIFO','period':1}", "SCHED_DEADLINE", "/process/scheduler" },
	{ PROC, "'scheduler':{'policy':'SCHED_FIFO','deadline':1}", "SCHED_DEADLINE", "/process/scheduler" },
	{ PROC, "'ioPriority':{'class':'IOPRIO_CLASS_NONE'}", "unknown I/O priority class", "/process/ioPriority/class" },
	{ PROC, "'ioPriority':{'class':'IOPRIO_CLASS_BE','priority':8}", "out of range (0 to 7)", "/process/ioPriority" },
	{ PROC, "'execCPUAffinity':{'initial':'0;1'}", "not a list of CPUs", "/process/execCPUAffinity/initial" },
	{ PROC, "'consoleSize':{'height':65536,'width':1}", "larger than 65535", "/process/consoleSize" },
	{ PROC, "'consoleSize':{'height':65535,'width':65535}", NULL, NULL },
	/* mounts */
	{ MOUNT, "{'destination':'','type':'tmpfs'}", "must not be empty", "/mounts/0/destination" },
	{ MOUNT, "{'destination':'/','type':'tmpfs'}", "would hide the root file system", "/mounts/0" },
	{ MOUNT, "{'destination':'/a/../.','type':'tmpfs'}", "would hide the root file system", "/mounts/0" },
	{ MOUNT, "{'destination':'/../..','type':'tmpfs'}", "would hide the root file system", "/mounts/0" },
	{ MOUNT, "{'destination':'/a'}", "needs a type", "/mounts/0" },
	{ MOUNT, "{'destination':'/a','type':''}", "needs a type", "/mounts/0" },
	{ MOUNT, "{'destination':'/a','type':'bind'}", "a bind mount needs a source", "/mounts/0" },
	{ MOUNT, "{'destination':'/a','options':['rbind'],'source':''}", "a bind mount needs a source", "/mounts/0" },
	{ MOUNT, "{'destination':'/a','options':['bind','size=1k'],'source':'/x'}", "filesystem-specific options", "/mounts/0" },
	{ MOUNT, "{'destination':'/a','type':'tmpfs','uidMappings':[" MAP(0, 0, 1) "],'gidMappings':[" MAP(0, 0, 1) "]}", "a mount of type tmpfs cannot map ids", "/mounts/0" },
	{ MOUNT, "{'destination':'/a','type':'bind','source':'/x','uidMappings':[" MAP(0, 0, 1) "]}", "must be given together", "/mounts/0" },
	{ MOUNT, "{'destination':'/a','type':'tmpfs','options':['idmap']}", "option idmap is for bind mounts, not for type tmpfs", "/mounts/0" },
#define BIND(options) "{'destination':'/a','type':'bind','source':'/x','options':['bind'," options "]}"
#define FORM "is not of the form"
	{ MOUNT, BIND("'idmap=uids=0-1-10#10-11-10;gids=@0-100-10'"), NULL, NULL },
	{ MOUNT, BIND("'ridmap=gids=0-100-10;uids=0-1-10'"), NULL, NULL },
	{ MOUNT, BIND("'idmap='"), FORM, "/mounts/0/options/1" },
	{ MOUNT, BIND("'idmap=true'"), FORM, "/mounts/0/options/1" },
	{ MOUNT, BIND("'idmap=uids=0-1-10;uids=20-1-10;gids=0-1-10'"), FORM, NULL },
	{ MOUNT, BIND("'idmap=uids=0-1-10;gids=0-1-10;'"), FORM, NULL },
	{ MOUNT, BIND("'idmap=uids=0-1-10'"), "uids and gids must be mapped together", "/mounts/0/options/1" },
	{ MOUNT, BIND("'idmap=uids=0-1;gids=0-1-10'"), "FROM-TO-LENGTH", "/mounts/0/options/1" },
	{ MOUNT, BIND("'idmap=uids=0-1-10-3;gids=0-1-10'"), "FROM-TO-LENGTH", NULL },
	{ MOUNT, BIND("'idmap=uids=0-1-10#;gids=0-1-10'"), "FROM-TO-LENGTH", NULL },
	{ MOUNT, BIND("'idmap=uids=4294967295-1-10;gids=0-1-10'"), "FROM-TO-LENGTH", NULL },
	{ MOUNT, BIND("'idmap=uids=0-1-0;gids=0-1-10'"), "size must be greater than 0", NULL },
	{ MOUNT, BIND("'idmap=uids=0-1-10#5-100-1;gids=0-1-10'"), "overlaps mapping 0", NULL },
	{ MOUNT, BIND("'idmap=uids=0-1-10#20-5-1;gids=0-1-10'"), "overlaps mapping 0", NULL },
	{ MOUNT, BIND("'idmap=uids=0-1-10#20-@5-1;gids=0-1-10'"), "FROM-TO-LENGTH", NULL },
	{ MOUNT, BIND("'idmap=uids=0-1-10#@20-5-1;gids=0-1-10'"), NULL, NULL },
	{ MOUNT, BIND("'idmap=uids=0-4294967290-10;gids=0-1-10'"), "ends beyond 4294967294", NULL },
	{ MOUNT, BIND("'idmap=uids=0-1-10;gids=0-1-10','idmap=uids=0-1-10;gids=0-1-10'"), "mapped once", "/mounts/0/options/2" },
	{ MOUNT, "{'destination':'/a','type':'bind','source':'/x','options':['idmap=uids=0-1-1;gids=0-1-1'],'uidMappings':[" MAP(0, 1, 1) "],'gidMappings':[" MAP(0, 1, 1) "]}",
	  "mapped by an option, and by", "/mounts/0" },
	{ MOUNT, "{'destination':'/a','type':'bind','source':'/x','options':['idmap=uids=0-1-1;gids=0-1-1'],'uidMappings':null}", NULL, NULL },
	{ MOUNT, "{'destination':'/a','type':'tmpfs','options':['idmap=uids=0-1-1;gids=0-1-1']}", "a mount of type tmpfs cannot map ids", "/mounts/0" },
	{ MOUNT, "{'destination':'/a','type':'bind','source':'/x','options':['bind','ridmap']}", "needs mappings of the mount, or a user namespace", "/mounts/0" },
	{ MOUNT, "{'destination':'/a','type':'bind','source':'/x','options':['bind','tmpcopyup']}", "for tmpfs mounts", "/mounts/0" },
	{ MOUNT, "{'destination':'/proc','type':'tmpfs'}", "because it is not of type proc", "/mounts/0" },
	{ MOUNT, "{'destination':'/x/..//proc/.','type':'tmpfs'}", "because it is not of type proc", "/mounts/0" },
	{ MOUNT, "{'destination':'proc','type':'tmpfs'}", "because it is not of type proc", "/mounts/0" },
	{ MOUNT, "{'destination':'/proc','type':'proc'}", NULL, NULL },
	{ MOUNT, "{'destination':'/proc','type':'bind','source':'/proc','options':['rbind']}", NULL, NULL },
	{ MOUNT, "{'destination':'/proc','type':'bind','source':'/tmp','options':['rbind']}", "because it is not of type proc", "/mounts/0" },
	{ MOUNT, "{'destination':'/proc/self/attr','type':'tmpfs'}", "because it is inside /proc", "/mounts/0" },
	{ MOUNT, "{'destination':'/proc/../proc/sys','type':'tmpfs'}", "because it is inside /proc", "/mounts/0" },
	{ MOUNT, "{'destination':'/proc/uptime','type':'bind','source':'/x','options':['bind']}", NULL, NULL },
	{ MOUNT, "{'destination':'/proc/uptime/x','type':'bind','source':'/x','options':['bind']}", "because it is inside /proc", "/mounts/0" },
	{ MOUNT, "{'destination':'/processes','type':'tmpfs'}", NULL, NULL },
	{ MOUNT, "{'destination':'/proc/sys','options':['remount','ro']}", NULL, NULL },
	/* namespaces and ids */
	{ LINUX, "'namespaces':[{'type':'net'}]", "unknown namespace type", "/linux/namespaces/0" },
	{ LINUX, "'namespaces':[{'type':'Mount'}]", "unknown namespace type", "/linux/namespaces/0" },
	{ LINUX, "'namespaces':[{'type':'pid'},{'type':'pid'}]", "duplicated ns pid", "/linux/namespaces/1" },
	{ LINUX, "'namespaces':[{'type':'pid','path':'x'}]", "must be absolute", "/linux/namespaces/0" },
	{ LINUX, "'namespaces':[{'type':'pid','path':''}]", NULL, NULL },
	{ LINUX, "'uidMappings':[" MAP(0, 0, 1) "]", "user namespace isn't enabled", "/linux/uidMappings" },
	{ LINUX, "'gidMappings':[" MAP(0, 0, 1) "]", "user namespace isn't enabled", "/linux/gidMappings" },
	{ LINUX, USER "'gidMappings':[" MAP(0, 0, 1) "]", "must be given together", "/linux" },
	{ LINUX, USER "'uidMappings':[" MAP(1, 0, 1) "],'gidMappings':[" MAP(0, 0, 1) "]", "user 0 is not mapped", "/process/user/uid" },
	{ LINUX, USER "'uidMappings':[" MAP(0, 0, 1) "],'gidMappings':[" MAP(1, 0, 1) "]", "group 0 is not mapped", "/process/user/gid" },
	{ BARE, "{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'cwd':'/','args':['sh'],'user':{'additionalGids':[5]}},'linux':{" USER
	  "'uidMappings':[" MAP(0, 0, 1) "],'gidMappings':[" MAP(0, 0, 1) "]}}", "group 5 is not mapped", "/process/user/additionalGids" },
	{ LINUX, USER "'uidMappings':[" MAP(0, 0, 0) "],'gidMappings':[" MAP(0, 0, 1) "]", "size must be greater than 0", "/linux/uidMappings/0" },
	{ LINUX, USER "'uidMappings':[" MAP(0, 0, 4294967295) "],'gidMappings':[" MAP(0, 0, 1) "]", NULL, NULL },
	{ LINUX, USER "'uidMappings':[" MAP(1, 0, 4294967295) "],'gidMappings':[" MAP(0, 0, 1) "]", "beyond 4294967294", "/linux/uidMappings/0" },
	{ LINUX, USER "'uidMappings':[" MAP(0, 1, 4294967295) "],'gidMappings':[" MAP(0, 0, 1) "]", "beyond 4294967294", "/linux/uidMappings/0" },
	{ LINUX, USER "'uidMappings':[" MAP(0, 0, 10) "," MAP(9, 100, 1) "],'gidMappings':[" MAP(0, 0, 1) "]", "overlaps mapping 0", "/linux/uidMappings/1" },
	{ LINUX, USER "'uidMappings':[" MAP(0, 0, 10) "," MAP(10, 9, 1) "],'gidMappings':[" MAP(0, 0, 1) "]", "overlaps mapping 0", "/linux/uidMappings/1" },
	{ LINUX, USER "'uidMappings':[" MAP(0, 0, 10) "," MAP(10, 10, 1) "],'gidMappings':[" MAP(0, 0, 1) "]", NULL, NULL },
	{ LINUX, "'timeOffsets':{'boottime':{'secs':1}}", "time namespace isn't enabled", "/linux/timeOffsets" },
	{ LINUX, "'namespaces':[{'type':'time','path':'/x'}],'timeOffsets':{'monotonic':{'secs':1}}", "you may only provide one", "/linux/timeOffsets" },
	{ LINUX, ALL "'timeOffsets':{'boottime':{'secs':1,'nanosecs':1000000000}}", "out of range", "/linux/timeOffsets/boottime" },
	{ LINUX, "'maskedPaths':['/x']", "without a private MNT namespace", "/linux/maskedPaths" },
	{ LINUX, "'readonlyPaths':['/x']", "without a private MNT namespace", "/linux/readonlyPaths" },
	{ LINUX, ALL "'maskedPaths':['/x','y']", "must be an absolute path", "/linux/maskedPaths/1" },
	{ LINUX, "'netDevices':{'eth0':{}}", "without a private NET namespace", "/linux/netDevices" },
	{ LINUX, ALL "'netDevices':{'eth0':{'name':'a/b'}}", "not a valid network device name", "/linux/netDevices/eth0" },
	{ LINUX, ALL "'netDevices':{'0123456789abcdef':{}}", "not a valid network device name", NULL },
	{ LINUX, ALL "'netDevices':{'eth:0':{}}", "not a valid network device name", NULL },
	{ LINUX, ALL "'netDevices':{'..':{}}", "not a valid network device name", NULL },
	{ LINUX, ALL "'netDevices':{'eth%d':{}}", "not a valid network device name", NULL },
	{ LINUX, ALL "'netDevices':{'eth0':{'name':'a%s'}}", "not a valid network device name", NULL },
	{ LINUX, ALL "'netDevices':{'eth0':{'name':'a%d%d'}}", "not a valid network device name", NULL },
	{ LINUX, ALL "'netDevices':{'eth0':{'name':'a%d'}}", NULL, NULL },
	{ LINUX, ALL "'netDevices':{'eth0':{'name':'a%d'},'eth1':{'name':'a%d'}}", NULL, NULL },
	{ LINUX, ALL "'netDevices':{'eth0':{'name':'a'},'eth1':{'name':'a'}}", "two network devices would be named", "/linux/netDevices/eth1" },
	/* devices */
	{ LINUX, "'devices':[{'type':'x','path':'/d'}]", "unknown device type", "/linux/devices/0/type" },
	{ LINUX, "'devices':[{'type':'c','path':'d'}]", "must be an absolute path", "/linux/devices/0/path" },
	{ LINUX, "'devices':[{'type':'c','path':'/d','major':4096,'minor':0}]", "out of range", "/linux/devices/0" },
	{ LINUX, "'devices':[{'type':'c','path':'/d','major':0,'minor':1048576}]", "out of range", "/linux/devices/0" },
	{ LINUX, "'devices':[{'type':'c','path':'/d','major':1}]", "needs major and minor", "/linux/devices/0" },
	{ LINUX, "'devices':[{'type':'p','path':'/d'}]", NULL, NULL },
	{ LINUX, "'devices':[{'type':'u','path':'/d','major':4095,'minor':1048575,'fileMode':8630}]", NULL, NULL },
	{ LINUX, "'devices':[{'type':'b','path':'/d','major':-1}]", "out of range", "/linux/devices/0/major" },
	/* small things */
	{ LINUX, "'rootfsPropagation':''", NULL, NULL }, { LINUX, "'rootfsPropagation':'x'", "is not supported", "/linux/rootfsPropagation" },
	{ LINUX, "'cgroupsPath':'/a/../b'", "must not contain \"..\"", "/linux/cgroupsPath" },
	{ LINUX, "'cgroupsPath':'..'", "must not contain \"..\"", "/linux/cgroupsPath" },
	{ LINUX, "'cgroupsPath':'/a/..b/c..'", NULL, NULL },
	{ LINUX, "'cgroupsPath':'/a\\nb'", "control character", "/linux/cgroupsPath" },
	{ LINUX, "'personality':{'domain':'BSD'}", "unknown personality domain", "/linux/personality/domain" },
	{ LINUX, "'personality':{'domain':'LINUX','flags':['x']}", NULL, NULL },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_NOPE'}", "unknown memory policy mode", "/linux/memoryPolicy/mode" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_BIND','flags':['x']}", "unknown memory policy flag", "/linux/memoryPolicy/flags/0" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_LOCAL','nodes':'0'}", "nodes must be empty", "/linux/memoryPolicy" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_DEFAULT','nodes':'0'}", "nodes must be empty", "/linux/memoryPolicy" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_DEFAULT','nodes':''}", NULL, NULL },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'a'}", "not a list of nodes", "/linux/memoryPolicy/nodes" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'0-'}", "not a list of nodes", "/linux/memoryPolicy/nodes" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'-1'}", "not a list of nodes", "/linux/memoryPolicy/nodes" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'3-1'}", "not a list of nodes", "/linux/memoryPolicy/nodes" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'1024'}", "not a list of nodes", "/linux/memoryPolicy/nodes" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'0,,1'}", "not a list of nodes", "/linux/memoryPolicy/nodes" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'0,'}", "not a list of nodes", "/linux/memoryPolicy/nodes" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'1 2'}", "not a list of nodes", "/linux/memoryPolicy/nodes" },
	{ LINUX, "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'0-3,7,1023'}", NULL, NULL },
	{ LINUX, "'intelRdt':{'closID':'a/b'}", "not a valid closID", "/linux/intelRdt/closID" },
	{ LINUX, "'intelRdt':{'closID':'..'}", "not a valid closID", "/linux/intelRdt/closID" },
	{ LINUX, "'intelRdt':{'closID':'/'}", NULL, NULL },
	{ LINUX, "'intelRdt':{'closID':'mon_groups'}", "directory of the kernel's own", "/linux/intelRdt/closID" },
	{ LINUX, "'intelRdt':{'closID':'info'}", "directory of the kernel's own", "/linux/intelRdt/closID" },
	{ LINUX, "'intelRdt':{'l3CacheSchema':'L3:0=f\\nbad'}", "\"bad\" is not a schema such as", "/linux/intelRdt/l3CacheSchema" },
	{ LINUX, "'intelRdt':{'l3CacheSchema':'L3:0=f\\n\\n \\tMB:0=9\\n'}", NULL, NULL },
	{ LINUX, "'intelRdt':{'memBwSchema':'L3:0=f'}", "must be one line that starts with \"MB:\"", "/linux/intelRdt/memBwSchema" },
	{ LINUX, "'intelRdt':{'memBwSchema':'MB:0=9\\nMB:1=9'}", "must be one line", "/linux/intelRdt/memBwSchema" },
	{ LINUX, "'intelRdt':{'memBwSchema':'MB:9'}", "not a schema", "/linux/intelRdt/memBwSchema" },
	{ LINUX, "'intelRdt':{'memBwSchema':''}", NULL, NULL },
	{ LINUX, "'intelRdt':{'schemata':['L3:0=f','L2 0 f']}", "not a schema", "/linux/intelRdt/schemata/1" },
	{ LINUX, "'intelRdt':{'schemata':['L3:0=f\\u0007']}", "control character", "/linux/intelRdt/schemata/0" },
	{ LINUX, "'resources':{'blockIO':{'weightDevice':[{'major':8,'minor':0}]}}", "needs weight or leafWeight", "/linux/resources/blockIO/weightDevice/0" },
	{ LINUX, "'resources':{'devices':[{'type':'c'}]}", "\"allow\" is required", "/linux/resources/devices/0" },
	{ PROC, "'consoleSize':{'height':1}", "\"width\" is required", "/process/consoleSize" },
	/* sysctl */
	{ LINUX, "'sysctl':{'net.ipv4.ip_forward':'1'}", "without a private network namespace", "/linux/sysctl/net.ipv4.ip_forward" },
	{ LINUX, ALL "'sysctl':{'net.ipv4.ip_forward':'1','net/ipv4/conf/eth0.1/rp_filter':'1','net.ipv4.conf.eth0/1.rp_filter':'1'}", NULL, NULL },
	{ LINUX, "'sysctl':{'kernel.shmmax':'1'}", "without a private IPC namespace", NULL },
	{ LINUX, "'sysctl':{'fs.mqueue.msg_max':'1'}", "without a private IPC namespace", NULL },
	{ LINUX, ALL "'sysctl':{'kernel.shmmax':'1','kernel.sem':'1 2','kernel.msgmax':'1','fs/mqueue/msg_max':'1','kernel.domainname':'d','user.max_user_namespaces':'1'}", NULL, NULL },
	{ LINUX, "'sysctl':{'kernel.domainname':'x'}", "without a private UTS namespace", NULL },
	{ LINUX, ALL "'sysctl':{'kernel.sem_next_id':'1','kernel/msg_next_id':'1','kernel.shm_next_id':'1','kernel.shm_rmid_forced':'1'}", NULL, NULL },
	{ LINUX, ALL "'sysctl':{'kernel.shmoo':'1'}", "not in a separate kernel namespace", NULL },
	{ LINUX, ALL "'sysctl':{'vm.swappiness':'1'}", "not in a separate kernel namespace", NULL },
	{ LINUX, ALL "'sysctl':{'net/./x':'1'}", "not a valid sysctl key", NULL },
	{ LINUX, ALL "'sysctl':{'net./.':'1'}", "not a valid sysctl key", NULL },
	{ LINUX, ALL "'sysctl':{'fs/mqueue/../../vm/swappiness':'1'}", "not a valid sysctl key", NULL },
	{ LINUX, ALL "'sysctl':{'kernel.hostname':'x'}", "use the hostname property", NULL },
	{ LINUX, "'sysctl':{'user.max_user_namespaces':'1'}", "without a private user namespace", NULL },
	{ LINUX, ALL "'sysctl':{'kernel.core_pattern':'|/x'}", "not in a separate kernel namespace", NULL },
	{ LINUX, ALL "'sysctl':{'net/../kernel/core_pattern':'x'}", "not a valid sysctl key", NULL },
	{ LINUX, ALL "'sysctl':{'net..kernel':'x'}", "not a valid sysctl key", NULL },
	{ LINUX, ALL "'sysctl':{'/net/x':'1'}", "not a valid sysctl key", NULL },
	{ LINUX, ALL "'sysctl':{'net.//x':'1'}", "not a valid sysctl key", NULL },
	{ LINUX, ALL "'sysctl':{'':'1'}", "not a valid sysctl key", NULL },
	{ LINUX, ALL "'sysctl':{'net.ipv4.x':'1\\n2'}", "the value contains a control character", "/linux/sysctl/net.ipv4.x" },
	{ LINUX, ALL "'sysctl':{'net.ipv4.ping_group_range':'0\\t5'}", NULL, NULL },
	{ TOP, "'domainname':'d','linux':{" ALL "'sysctl':{'kernel.domainname':'x'}}", "beside the domainname property", "/linux/sysctl/kernel.domainname" },
	{ LINUX, "'sysctl':[]", "must be an object", "/linux/sysctl" },
	/* resources */
	{ LINUX, "'resources':{'memory':{'swap':5}}", "without memory limit", "/linux/resources" },
	{ LINUX, "'resources':{'memory':{'swap':5,'limit':0}}", "without memory limit", "/linux/resources" },
	{ LINUX, "'resources':{'memory':{'swap':5,'limit':6}}", "should be >= memory limit", "/linux/resources" },
	{ LINUX, "'resources':{'memory':{'swap':5,'limit':-1}}", NULL, NULL }, { LINUX, "'resources':{'memory':{'swap':-1}}", NULL, NULL },
	{ LINUX, "'resources':{'memory':{'limit':9223372036854775808}}", "out of range", "/linux/resources/memory/limit" },
	{ LINUX, "'resources':{'cpu':{'burst':6,'quota':5}}", "above the quota", "/linux/resources" },
	{ LINUX, "'resources':{'cpu':{'idle':2}}", "cpu idle must be 0 or 1", "/linux/resources" },
	{ LINUX, "'resources':{'cpu':{'cpus':'a'}}", "not a list of numbers", "/linux/resources/cpu/cpus" },
	{ LINUX, "'resources':{'cpu':{'shares':-1}}", "out of range", "/linux/resources/cpu/shares" },
	{ LINUX, "'resources':{'devices':[{'allow':true,'type':'x'}]}", "unknown device type", "/linux/resources/devices/0/type" },
	{ LINUX, "'resources':{'devices':[{'allow':true,'type':'cc'}]}", "unknown device type", "/linux/resources/devices/0/type" },
	{ LINUX, "'resources':{'devices':[{'allow':true,'type':'','access':''}]}", NULL, NULL },
	{ LINUX, "'resources':{'devices':[{'allow':true,'access':'rx'}]}", "letters other than", "/linux/resources/devices/0/access" },
	{ LINUX, "'resources':{'devices':[{'allow':true,'major':-2}]}", "not a device number", "/linux/resources/devices/0/major" },
	{ LINUX, "'resources':{'blockIO':{'weight':9}}", "out of range (10 to 1000)", "/linux/resources/blockIO" },
	{ LINUX, "'resources':{'blockIO':{'weight':0}}", NULL, NULL },
	{ LINUX, "'resources':{'blockIO':{'weightDevice':[{'major':1,'minor':1,'weight':1001}]}}", "out of range", "/linux/resources/blockIO/weightDevice/0" },
	{ LINUX, "'resources':{'blockIO':{'weightDevice':[{'major':1,'minor':1,'leafWeight':1}]}}", "out of range", "/linux/resources/blockIO/weightDevice/0" },
	{ LINUX, "'resources':{'hugepageLimits':[{'pageSize':'2mb','limit':1}]}", "not a huge page size", "/linux/resources/hugepageLimits/0/pageSize" },
	{ LINUX, "'resources':{'hugepageLimits':[{'pageSize':'../2MB','limit':1}]}", "not a huge page size", NULL },
	{ LINUX, "'resources':{'hugepageLimits':[{'pageSize':'MB','limit':1}]}", "not a huge page size", NULL },
	{ LINUX, "'resources':{'rdma':{'a/b':{'hcaHandles':1}}}", "not a valid rdma device name", NULL },
	{ LINUX, "'resources':{'rdma':{'a b':{'hcaHandles':1}}}", "not a valid rdma device name", NULL },
	{ LINUX, "'resources':{'rdma':{'a':{}}}", "needs hcaHandles or hcaObjects", "/linux/resources/rdma/a" },
	{ LINUX, "'resources':{'rdma':{'a':{'hcaHandles':4294967296}}}", "out of range", "/linux/resources/rdma/a" },
	{ LINUX, "'resources':{'unified':{'cgroup.procs':'1'}}", "not a valid cgroup file", NULL },
	{ LINUX, "'resources':{'unified':{'cgroup.kill':'1'}}", "not a valid cgroup file", NULL },
	{ LINUX, "'resources':{'unified':{'../memory.max':'1'}}", "not a valid cgroup file", NULL },
	{ LINUX, "'resources':{'unified':{'memory':'1'}}", "not a valid cgroup file", NULL },
	{ LINUX, "'resources':{'unified':{'memory.high':'1'}}", NULL, NULL },
	/* seccomp */
	{ LINUX, "'seccomp':{'defaultAction':'ALLOW'}", "unknown action", "/linux/seccomp/defaultAction" },
	{ LINUX, "'seccomp':{'defaultAction':'SCMP_ACT_NOTIFY'}", "cannot be used as default action", "/linux/seccomp" },
	{ LINUX, "'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','defaultErrnoRet':1}", "defaultErrnoRet is for", "/linux/seccomp" },
	{ LINUX, "'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':65536}", "out of range", "/linux/seccomp" },
	{ LINUX, SC("'listenerMetadata':'x'"), "not allowed without listenerPath", "/linux/seccomp" },
	{ LINUX, SC("'listenerPath':''"), "must not be empty", "/linux/seccomp/listenerPath" },
	{ LINUX, SC("'architectures':['x86']"), "unknown architecture", "/linux/seccomp/architectures/0" },
	{ LINUX, SC("'flags':['x']"), "unknown flag", "/linux/seccomp/flags/0" },
	{ LINUX, SC("'syscalls':[{'names':[],'action':'SCMP_ACT_ALLOW'}]"), "at least one element", "/linux/seccomp/syscalls/0" },
	{ LINUX, RULE("'action':'SCMP_ACT_ALLOW','errnoRet':1"), "errnoRet is for", "/linux/seccomp/syscalls/0" },
	{ LINUX, RULE("'action':'SCMP_ACT_TRACE','errnoRet':65535"), NULL, NULL },
	{ LINUX, RULE("'action':'SCMP_ACT_ERRNO','errnoRet':65536"), "out of range", "/linux/seccomp/syscalls/0" },
	{ LINUX, RULE("'action':'SCMP_ACT_NOTIFY'"), "needs a listenerPath", "/linux/seccomp" },
	{ LINUX, SC("'listenerPath':'/s','syscalls':[{'names':['read','write'],'action':'SCMP_ACT_NOTIFY'}]"), "cannot be used for the write syscall", "/linux/seccomp/syscalls/0" },
	{ LINUX, RULE("'action':'SCMP_ACT_KILL','args':[{'index':6,'value':0,'op':'SCMP_CMP_EQ'}]"), "arguments 0 to 5", "/linux/seccomp/syscalls/0/args/0/index" },
	{ LINUX, RULE("'action':'SCMP_ACT_KILL','args':[{'index':5,'value':0,'op':'EQ'}]"), "unknown operator", "/linux/seccomp/syscalls/0/args/0/op" },
	{ LINUX, RULE("'action':'SCMP_ACT_KILL','args':[{'index':5,'value':18446744073709551615,'op':'SCMP_CMP_EQ'}]"), NULL, NULL },
	/* hooks */
	{ TOP, "'hooks':{'prestart':[{'path':'x'}]}", "must be an absolute path", "/hooks/prestart/0/path" },
	{ TOP, "'hooks':{'prestart':[{'path':'/x','timeout':0}]}", "must be greater than 0", "/hooks/prestart/0/timeout" },
	{ TOP, "'hooks':{'poststop':[{'path':'/x'},{'path':'/x','timeout':-1}]}", "out of range", "/hooks/poststop/1/timeout" },
};

static bool parse(enum where where, const char *text, struct err *e)
{
	OWN(str) t = { 0 };
	const struct spec *s;

	str_addf(&t, "%s%s%s", head[where], text, tail[where]);
	for (char *c = t.s; *c; c++)
		if (*c == '\'')
			*c = '"';
	if (spec_parse("config.json", t.s, t.n, &s, e) < 0)
		return false;
	spec_free(s);
	return true;
}

/* Lists one longer than their limit */
static void long_lists(void)
{
	static const struct { enum where where; const char *before, *item, *after; unsigned n; } table[] = {
		{ TOP, "'mounts':[", "{'destination':'/a','type':'tmpfs'}", "]", LIMIT_MOUNTS + 1 }, { PROC, "'env':[", "'A=b'", "]", LIMIT_LIST + 1 },
		{ PROC, "'rlimits':[", "{}", "]", 65 }, { LINUX, USER "'uidMappings':[", MAP(0, 0, 1), "]", 341 },
		{ LINUX, "'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_KILL','args':[", "{}", "]}]}", 65 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		OWN(str) t = { 0 };
		struct err e = { 0 };

		str_add(&t, table[i].before);
		for (unsigned k = 0; k < table[i].n; k++)
			str_addf(&t, "%s%s", k ? "," : "", table[i].item);
		str_add(&t, table[i].after);
		ok(!parse(table[i].where, t.s, &e) && strstr(e.text, "elements; at most"), "%s with %u elements is refused", table[i].before, table[i].n);
	}
}

/* A destination that no buffer holds is refused, not cut. */
static void long_path(void)
{
	OWN(str) t = { 0 };
	struct err e = { 0 };

	str_add(&t, "{'type':'tmpfs','destination':'");
	for (unsigned i = 0; i < 5000; i++)
		str_add(&t, "/a");
	str_add(&t, "'}");
	ok(!parse(MOUNT, t.s, &e) && strstr(e.text, "too long"), "a destination of 10,000 bytes");
}

static void many_notes(void)
{
	OWN(str) t = { 0 };
	const struct spec *s;
	struct err e;

	str_add(&t, "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},\"process\":{\"cwd\":\"/\",\"args\":[\"sh\"]}");
	for (unsigned i = 0; i < 1000; i++)
		str_addf(&t, ",\"org.unknown.%u\":1", i);
	str_add(&t, "}");
	if (ok(spec_parse("c", t.s, t.n, &s, &e) == 0 && s->notes.n == 256, "1,000 unknown properties are 256 notes")) {
		is_str(s->notes.item[0], "unknown property /org.unknown.0", "the first one");
		spec_free(s);
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = { 0 };
		bool taken = parse(cases[i].where, cases[i].text, &e), held;

		held = cases[i].error ? !taken && e.kind == ERR_SPEC && strstr(e.text, cases[i].error) && (!cases[i].at || strcmp(e.why, cases[i].at) == 0) : taken;
		if (!ok(held, "%.100s", cases[i].text))
			printf("# %s: \"%s\" at \"%s\", want \"%s\" at \"%s\"\n", taken ? "taken" : "refused", e.text, e.why, cases[i].error ? cases[i].error : "taken",
			       cases[i].at ? cases[i].at : "");
	}
	long_lists();
	long_path();
	many_notes();
	return done();
}
