/* room: cli — start, kill and delete */
#include "out.h"

#include <signal.h>

int verb_start(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_err e;

	return brig_start(&o, v->arg[0], notify_socket(), &e) < 0 ? out_error(verb->name, &e) : 0;
}

int verb_kill(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	int signal = v->n > 1 ? brig_signal_number(v->arg[1]) : SIGTERM;
	struct brig_err e;

	if (signal < 0)
		return out_usage("unknown signal \"%.40s\"", v->arg[1]);
	return brig_kill(&o, v->arg[0], signal, v->all, &e) < 0 ? out_error(verb->name, &e) : 0;
}

int verb_pause(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_err e;

	return brig_pause(&o, v->arg[0], &e) < 0 ? out_error(verb->name, &e) : 0;
}

int verb_resume(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_err e;

	return brig_resume(&o, v->arg[0], &e) < 0 ? out_error(verb->name, &e) : 0;
}

int verb_delete(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_err e;

	return brig_delete(&o, v->arg[0], v->force, &e) < 0 ? out_error(verb->name, &e) : 0;
}
