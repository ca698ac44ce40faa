#include "radius/serve/job.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct jobs *
jobs_new(void)
{
	struct jobs *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	if ((j->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0) {
		free(j);
		return NULL;
	}
	(void)pthread_mutex_init(&j->lock, NULL);
	return j;
}

void
jobs_free(struct jobs *j)
{
	if (j == NULL)
		return;
	(void)close(j->wake);
	(void)pthread_mutex_destroy(&j->lock);
	free(j);
}

struct job *
job_take(struct jobs *j)
{
	struct job *job = j->free_;

	if (job != NULL) {
		j->free_ = job->next;
	} else if (j->used < JOBS_EACH) {
		job = &j->v[j->used++];
		job->home = j;
	}
	j->out += job != NULL;
	if (job != NULL)
		job->counted = false;
	return job;
}

void
job_give(struct job *job)
{
	job->next = job->home->free_;
	job->home->free_ = job;
	job->home->out--;
	job->home->accounting -= job->counted;
}

void
job_done(struct job *job)
{
	struct jobs *j = job->home;
	uint64_t one = 1;

	(void)pthread_mutex_lock(&j->lock);
	job->next = j->done;
	j->done = job;
	(void)pthread_mutex_unlock(&j->lock);
	if (write(j->wake, &one, sizeof(one)) < 0)
		return; /* it is awake already: the counter is full */
}

struct job *
jobs_done(struct jobs *j)
{
	struct job *list;
	uint64_t many;

	if (read(j->wake, &many, sizeof(many)) < 0)
		return NULL;
	(void)pthread_mutex_lock(&j->lock);
	list = j->done;
	j->done = NULL;
	(void)pthread_mutex_unlock(&j->lock);
	return list;
}
