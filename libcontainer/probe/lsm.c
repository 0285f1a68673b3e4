/* room: host — security labels are validated by the modules' own libraries, loaded only when a label was asked for */
#include "probe/probe.h"
#include "base/limits.h"
#include "fs/hostfile.h"

#include <dlfcn.h>
#include <string.h>

static void lib_drop(void **lib)
{
	if (*lib)
		dlclose(*lib);
}

static int load(const char *soname, void **ret, struct err *e)
{
	void *lib = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!lib)
		return err_set(e, ERR_UNSUPPORTED, 0, "%s cannot be loaded", soname);
	*ret = lib;
	return 0;
}

static int symbol(void *lib, const char *name, void *ret, struct err *e)
{
	void *p = dlsym(lib, name);

	if (!p)
		return err_set(e, ERR_UNSUPPORTED, 0, "the security library has no %s", name);
	memcpy(ret, &p, sizeof(p));	/* ISO C has no cast from object to function pointer */
	return 0;
}

int probe_selinux_label(const char *label, struct err *e)
{
	void *lib __attribute__((cleanup(lib_drop))) = NULL;
	int (*enabled)(void) = NULL;
	int (*check)(const char *) = NULL;

	TRY(load(LIBSELINUX_SONAME, &lib, e));
	TRY(symbol(lib, "is_selinux_enabled", &enabled, e));
	TRY(symbol(lib, "security_check_context", &check, e));
	if (enabled() <= 0)
		return err_set(e, ERR_UNSUPPORTED, 0, "selinux label is specified in config, but selinux is disabled or not supported");
	return check(label) < 0 ? err_set(e, ERR_SPEC, 0, "\"%.100s\" is not a valid selinux context", label) : 0;
}

/* Lines "NAME (mode)". Not readable without root: then the kernel's own refusal at the write decides. */
static bool known_missing(const char *profile)
{
	OWN(str) text = { 0 };
	struct err ignored;
	size_t n = strlen(profile);
	char *next;

	if (hostfile_read((struct host_path){ "/sys/kernel/security/apparmor/profiles" }, LIMIT_SMALL_FILE, &text, &ignored) < 0 || !text.s)
		return false;
	next = text.s;
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n"))
		if (strncmp(line, profile, n) == 0 && line[n] == ' ' && line[n + 1] == '(')
			return false;
	return true;
}

int probe_apparmor_profile(const char *profile, struct err *e)
{
	void *lib __attribute__((cleanup(lib_drop))) = NULL;
	int (*enabled)(void) = NULL;

	TRY(load(LIBAPPARMOR_SONAME, &lib, e));
	TRY(symbol(lib, "aa_is_enabled", &enabled, e));
	if (!enabled())
		return err_set(e, ERR_UNSUPPORTED, 0, "apparmor profile is specified in config, but apparmor is disabled or not supported");
	if (strcmp(profile, "unconfined") && known_missing(profile))
		return err_set(e, ERR_SPEC, 0, "apparmor profile \"%.100s\" is not loaded", profile);
	return 0;
}
