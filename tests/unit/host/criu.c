/* room: host — lines of text become CRIU's message: each field with its number and type, as it goes over the wire */
#include "tap.h"
#include "base/own.h"
#include "host/criu_opts.h"

#include <stdio.h>
#include <string.h>

static struct arena mem;

static int option(CriuOpts *o, const char *text, struct err *e)
{
	char *copy = arena_strdup(&mem, text);

	return copy ? criu_option(o, &mem, copy, e) : -1;
}

/* The bytes of a message with this one option (images_dir_fd is required, and 0 here: 08 00 comes first). */
static void on_the_wire(const char *text, const char *want)
{
	CriuOpts o = CRIU_OPTS__INIT;
	uint8_t buf[128];
	char hex[sizeof(buf) * 2 + 1] = "";
	struct err e = { 0 };
	int rc = option(&o, text, &e);
	size_t n = rc == 1 && criu_opts__get_packed_size(&o) <= sizeof(buf) ? criu_opts__pack(&o, buf) : 0;

	for (size_t i = 2; i < n; i++)
		snprintf(hex + 2 * (i - 2), 3, "%02x", buf[i]);
	if (!ok(strcmp(hex, want) == 0, "%.*s", (int)strcspn(text, "\n"), text))
		printf("# got %s, want %s\n", hex, want);
}

static void refused(const char *text, const char *why)
{
	CriuOpts o = CRIU_OPTS__INIT;
	struct err e = { 0 };

	ok(option(&o, text, &e) == -1 && e.kind == ERR_USAGE && strstr(e.text, why), "refused: %s", text);
}

static void fields(void)
{
	/* tag = number << 3 | type: 0 a number, 2 bytes with their length */
	on_the_wire("pid=300", "10ac02");
	on_the_wire("leave_running=1", "1801");
	on_the_wire("leave_running=0", "1800");
	on_the_wire("ext_unix_sk=1", "2001");
	on_the_wire("tcp_established=1", "2801");
	on_the_wire("evasive_devices=1", "3001");
	on_the_wire("shell_job=1", "3801");
	on_the_wire("file_locks=1", "4001");
	on_the_wire("log_level=4", "4804");
	on_the_wire("log_file=a.b", "5203612e62");
	on_the_wire("ps=1.2.3.4:80", "5a0b0a07312e322e332e341050");
	on_the_wire("ps=[::1]:80", "5a070a033a3a311050");
	on_the_wire("parent_img=../p", "72042e2e2f70");
	on_the_wire("track_mem=1", "7801");
	on_the_wire("auto_dedup=1", "800101");
	on_the_wire("link_remap=1", "900101");
	on_the_wire("ext_mnt=/n\n/p", "ba01080a022f7012022f6e");
	on_the_wire("cg_root=/c", "ca010412022f63");
	on_the_wire("rst_sibling=1", "d00101");
	on_the_wire("manage_cgroups_mode=3", "900203");
	on_the_wire("external=net[7]:k", "aa02086e65745b375d3a6b");
	on_the_wire("empty_ns=1073741824", "b0028080808004");
	on_the_wire("freeze_cgroup=/f", "e202022f66");
	on_the_wire("tcp_skip_in_flight=1", "f00201");
	on_the_wire("lazy_pages=1", "800301");
	on_the_wire("orphan_pts_master=1", "900301");
	on_the_wire("config_file=/c", "9a03022f63");
	on_the_wire("tcp_close=1", "a00301");
	on_the_wire("lsm_profile=apparmor:p", "aa030a61707061726d6f723a70");
	on_the_wire("lsm_mount_context=c", "fa030163");
	on_the_wire("network_lock=3", "800403");
	on_the_wire("mntns_compat_mode=1", "880401");
}

static void lists(void)
{
	CriuOpts o = CRIU_OPTS__INIT;
	char key[] = "pipe:[1]", type[] = "uts", file[] = "/proc/self/fd/9";
	struct err e = { 0 };

	ok(option(&o, "ext_mnt=/a\n/b=c:d", &e) == 1 && option(&o, "ext_mnt=/e\n/f", &e) == 1 && o.n_ext_mnt == 2 && strcmp(o.ext_mnt[0]->key, "/b=c:d") == 0 &&
	   strcmp(o.ext_mnt[0]->val, "/a") == 0 && strcmp(o.ext_mnt[1]->key, "/f") == 0, "mounts add up, and may have any name");
	ok(criu_add_inherit(&o, &mem, key, 7, &e) == 0 && o.n_inherit_fd == 1 && o.inherit_fd[0]->fd == 7 && strcmp(o.inherit_fd[0]->key, key) == 0, "a descriptor");
	ok(criu_add_join(&o, &mem, type, file, &e) == 0 && o.n_join_ns == 1 && strcmp(o.join_ns[0]->ns, "uts") == 0, "a namespace");
}

int main(void)
{
	CriuOpts o = CRIU_OPTS__INIT;
	struct err e = { 0 };

	fields();
	lists();
	ok(option(&o, "mount=3:/a", &e) == 0, "what is brig-criu's own is none of CRIU's");
	refused("shell_job", "no value");
	refused("shell_job=2", "not a value of its type");
	refused("shell_job=yes", "not a value of its type");
	refused("pid=-1", "not a value of its type");
	refused("pid=2147483648", "not a value of its type");
	refused("empty_ns=4294967296", "not a value of its type");
	refused("ps=80", "not an address and a port");
	refused("ps=h:0", "not an address and a port");
	refused("ps=h:65536", "not an address and a port");
	refused("ext_mnt=/a", "no mount point");
	arena_free(&mem);
	return done();
}
