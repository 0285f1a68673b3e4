/* room: pure — linux.sysctl: which keys belong to a namespace of the container, and how they are written (compatibility 2.6; CVE-2022-0811) */
#include "spec/decode.h"

#include <string.h>

/* "net.ipv4.conf.eth0/1" and "net/ipv4/conf/eth0.1" are the same: the first separator tells which form it is (sysctl.d(5)). */
static void slash_form(char *key)
{
	if (key[strcspn(key, "./")] != '.')
		return;
	for (char *p = key; *p; p++)
		*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
}

/* Each component is a name of its own: the key leads nowhere else. */
static bool is_clean(const char *key)
{
	for (const char *part = key; ; part += strcspn(part, "/") + 1) {
		size_t n = strcspn(part, "/");

		if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		if (!part[n])
			return true;
	}
}

static bool valid_key(const char *key)
{
	char slashed[256];

	if (strlen(key) >= sizeof(slashed) || has_control(key) || strstr(key, "..") || strstr(key, "//"))
		return false;
	memcpy(slashed, key, strlen(key) + 1);
	slash_form(slashed);
	return is_clean(slashed);
}

int take_sysctl(struct decoder *d, const struct json *v, void *at)
{
	struct spec_pairs *ret = at;

	TRY(take_pairs(d, v, ret, valid_key, "sysctl key"));
	for (size_t i = 0; i < ret->n; i++)
		for (const char *p = ret->item[i].value; *p; p++)
			if (((unsigned char)*p < 0x20 && *p != '\t') || *p == 0x7f)	/* ranges are written with a tab */
				return refuse_at(d, ret->item[i].at, "the value contains a control character");
	return 0;
}

/* ipc/ipc_sysctl.c, ipc/mq_sysctl.c, net/sysctl_net.c, kernel/utsname_sysctl.c and kernel/ucount.c of Linux; anything else is the host's. Whole names
 * where the folder is shared with the host, so that a key of a later kernel is not taken for the container's. */
static const struct { const char *key; bool below; enum ns_type ns; const char *kind; } own[] = {
	{ "kernel/msgmax", false, NS_IPC, "IPC" }, { "kernel/msgmnb", false, NS_IPC, "IPC" }, { "kernel/msgmni", false, NS_IPC, "IPC" },
	{ "kernel/auto_msgmni", false, NS_IPC, "IPC" }, { "kernel/msg_next_id", false, NS_IPC, "IPC" }, { "kernel/sem", false, NS_IPC, "IPC" },
	{ "kernel/sem_next_id", false, NS_IPC, "IPC" }, { "kernel/shmall", false, NS_IPC, "IPC" }, { "kernel/shmmax", false, NS_IPC, "IPC" },
	{ "kernel/shmmni", false, NS_IPC, "IPC" }, { "kernel/shm_rmid_forced", false, NS_IPC, "IPC" }, { "kernel/shm_next_id", false, NS_IPC, "IPC" },
	{ "fs/mqueue/", true, NS_IPC, "IPC" }, { "net/", true, NS_NET, "network" }, { "kernel/domainname", false, NS_UTS, "UTS" },
	{ "user/", true, NS_USER, "user" },
};

static int check_one(struct decoder *d, const struct spec_pair *pair, const char *key)
{
	const struct spec *s = d->s;

	if (strcmp(key, "kernel/hostname") == 0)
		return refuse_at(d, pair->at, "sysctl \"%.80s\" is not allowed: use the hostname property", pair->key);
	if (strcmp(key, "kernel/domainname") == 0 && s->domainname && s->domainname[0])
		return refuse_at(d, pair->at, "sysctl \"%.80s\" is not allowed beside the domainname property", pair->key);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (own[i].below ? strncmp(key, own[i].key, strlen(own[i].key)) != 0 : strcmp(key, own[i].key) != 0)
			continue;
		if (s->linux_.ns[own[i].ns].present)
			return 0;
		return refuse_at(d, pair->at, "sysctl \"%.80s\" is not allowed without a private %s namespace", pair->key, own[i].kind);
	}
	return refuse_at(d, pair->at, "sysctl \"%.80s\" is not in a separate kernel namespace", pair->key);
}

/* Leaves all keys in the form with slashes, which is that of procfs. */
int check_sysctl(struct decoder *d)
{
	struct spec_pairs *all = &d->s->linux_.sysctl;
	struct spec_pair *item = arena_array(d->mem, all->n, sizeof(*item));

	if (!item)
		return err_oom(d->e);
	for (size_t i = 0; i < all->n; i++) {
		char *key = arena_strdup(d->mem, all->item[i].key);

		if (!key)
			return err_oom(d->e);
		slash_form(key);
		TRY(check_one(d, &all->item[i], key));
		item[i] = (struct spec_pair){ key, all->item[i].value, all->item[i].at };
	}
	all->item = item;
	return 0;
}
