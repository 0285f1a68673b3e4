/* room: pure — the error object: caller-owned, fixed size, survives out-of-memory, crosses the baton by copy */
#ifndef BRIG_BASE_ERR_H
#define BRIG_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum err_kind {
	ERR_NONE,
	ERR_SYS,		/* a system call failed; num is its errno */
	ERR_SPEC,		/* config.json, process.json or resources are wrong; why is the JSON pointer */
	ERR_STATE,		/* the container is not in the state that the verb needs */
	ERR_POLICY,		/* asked for, but refused or not in force when read back */
	ERR_PEER,		/* the other process died or broke the protocol */
	ERR_UNSUPPORTED,	/* valid, but this kernel or build cannot do it */
	ERR_USAGE,		/* command line or API argument */
	ERR_BUG			/* cannot happen */
};

#define ERR_WHY_SIZE  128
#define ERR_TEXT_SIZE 440

struct err {
	enum err_kind kind;
	int num;		/* errno, 0 if none */
	uint16_t step;		/* plan index + 1, filled by walk(); 0 outside a walk */
	uint8_t room;		/* enum room of the process that failed; 0 outside a walk */
	char op[24];		/* wire name of the step's kind, "" outside a walk */
	char why[ERR_WHY_SIZE];	/* JSON pointer of the cause, or "default: reason" */
	char text[ERR_TEXT_SIZE];	/* "mount proc on /proc: fsopen": outermost context first; never strerror() */
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* Each returns -1, so that a failing function can end with `return err_set(...)`.
 * err_set  overwrites the error. A message too long is cut at its end.
 * err_sys  is err_set with ERR_SYS and the current errno.
 * err_ctx  prepends "CONTEXT: " to the text; the innermost end is cut when it grows too long.
 * err_why  sets the JSON pointer unless there is one already. */
int err_set(struct err *e, enum err_kind kind, int num, const char *fmt, ...) PRINTF_LIKE(4, 5);
int err_sys(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
int err_ctx(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
int err_why(struct err *e, const char *pointer);

/* An error that another process sent: its texts become strings without control bytes. false when it is of no kind. */
bool err_received(struct err *e) MUST_CHECK;
void err_clean(char *text, size_t size);	/* ended, and printable */

/* The one macro that hides a return; early return is safe because owners clean up (own.h). */
#define TRY(call) do { if ((call) < 0) return -1; } while (0)

#endif
