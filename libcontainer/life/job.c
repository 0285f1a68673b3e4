/* room: host — configuration + machine + request → plan */
#include "life/life.h"
#include "base/limits.h"
#include "fs/hostfile.h"
#include "probe/probe.h"
#include "sys/sys.h"

#include <stdio.h>
#include <string.h>

void job_free(struct job *j)
{
	plan_free(j->plan);
	spec_free(j->spec);
	str_free(&j->config);
	arena_free(&j->mem);
	*j = (struct job){ 0 };
}

void job_dropp(struct job *j)
{
	job_free(j);
}

static int read_config(struct job *j, struct err *e)
{
	char *path = arena_printf(&j->mem, "%s/config.json", j->request.bundle);

	if (!path)
		return err_oom(e);
	TRY(hostfile_read((struct host_path){ path }, LIMIT_FILE_BYTES, &j->config, e));
	return spec_parse("config.json", j->config.s ? j->config.s : "", j->config.n, &j->spec, e);
}

int job_load(struct job *j, const char *facts_json, struct err *e)
{
	TRY(read_config(j, e));
	if (facts_json)
		TRY(facts_load(&j->mem, "facts", facts_json, strlen(facts_json), &j->facts, e));
	else
		TRY(probe_facts(&j->mem, &j->facts, e));
	for (size_t i = 0; i < j->spec->notes.n; i++)
		log_debug("%s, ignoring", j->spec->notes.item[i]);
	for (size_t i = 0; i < j->spec->warnings.n; i++)
		log_warn("%s", j->spec->warnings.item[i]);
	return (j->request.criu ? plan_restore : plan_create)(j->spec, &j->facts, &j->request, &j->plan, e);
}
