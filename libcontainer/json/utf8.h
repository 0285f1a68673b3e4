/* room: pure — well-formed UTF-8; private to json/ */
#ifndef BRIG_JSON_UTF8_H
#define BRIG_JSON_UTF8_H

#include <stddef.h>

/* Length of the sequence at s, of which n > 0 bytes may be read; 0 when it is not well-formed (RFC 3629: no overlong forms, no surrogates). */
size_t utf8_length(const unsigned char *s, size_t n);

#endif
