/* room: host — brig-label CONTEXT: a program of its own, because libselinux reads files whenever a program that has it starts */
#include "probe/label.h"

#include <selinux/selinux.h>

int main(int argc, char **argv)
{
	if (argc != 2)
		return LABEL_INVALID;
	if (is_selinux_enabled() <= 0)
		return LABEL_DISABLED;
	return security_check_context(argv[1]) < 0 ? LABEL_INVALID : LABEL_VALID;
}
