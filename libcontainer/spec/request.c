/* room: pure — rules for container ids */
#include "spec/request.h"
#include "base/limits.h"

#include <errno.h>
#include <string.h>

int request_check_id(const char *id)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+.-";
	size_t n = strlen(id);

	errno = EINVAL;
	if (n == 0 || n > LIMIT_ID_LENGTH || strspn(id, allowed) != n)
		return -1;
	if (strcmp(id, ".") == 0 || strcmp(id, "..") == 0)
		return -1;
	return 0;
}
