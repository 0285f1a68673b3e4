/* room: host — the security modules' libraries, loaded only when a label was asked for */
#include "probe/lsm.h"

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

int lsm_selinux(const char *label, enum lsm_answer *ret, struct err *e)
{
	void *lib __attribute__((cleanup(lib_drop))) = NULL;
	int (*enabled)(void) = NULL;
	int (*check)(const char *) = NULL;

	TRY(load(LIBSELINUX_SONAME, &lib, e));
	TRY(symbol(lib, "is_selinux_enabled", &enabled, e));
	TRY(symbol(lib, "security_check_context", &check, e));
	*ret = enabled() <= 0 ? LSM_DISABLED : check(label) < 0 ? LSM_INVALID : LSM_VALID;
	return 0;
}

int lsm_apparmor(bool *ret_enabled, struct err *e)
{
	void *lib __attribute__((cleanup(lib_drop))) = NULL;
	int (*enabled)(void) = NULL;

	TRY(load(LIBAPPARMOR_SONAME, &lib, e));
	TRY(symbol(lib, "aa_is_enabled", &enabled, e));
	*ret_enabled = enabled() != 0;
	return 0;
}
