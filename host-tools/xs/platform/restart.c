/*
 * Deep sleep and reset end the program, and the next one begins with an empty memory. Here each is a process: this one has
 * XS with what is in flash on the chip, and a copy of it runs from start to sleep. With a debugger even that is made anew, since each
 * program connects to it.
 */
#include "host.h"
#include "powered.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#if defined(__linux__)
	#include <sys/prctl.h>
#endif

static volatile pid_t running;
static volatile sig_atomic_t isEndRequested;
static pid_t starter;
/* What each program begins with. NULL with a debugger, where each makes its own. */
static txMachine *beginning;

static void forward(int number) {
	(void)number;
	isEndRequested = 1;
	if (running > 0)
		kill(running, SIGTERM);
}

/* Every second: whether the process that has started this one still lives. */
static void lookAround(int number) {
	(void)number;
	if (getppid() == starter)
		return;
	if (running > 0)
		kill(running, SIGKILL);
	_exit(HOST_EXIT_REQUESTED);
}

static void handle(int number, void (*handler)(int)) {
	struct sigaction action = { 0 };
	action.sa_handler = handler;
	sigaction(number, &action, NULL);
}

/* Before a program has begun, and handles the request itself. */
static void endAtOnce(int number) {
	(void)number;
	if (beginning)
		hostMemoryReport(beginning);
	_exit(HOST_EXIT_REQUESTED);
}

static void beSupervised(pid_t supervisor) {
	struct itimerval never = { { 0, 0 }, { 0, 0 } };
	setitimer(ITIMER_REAL, &never, NULL);
	handle(SIGTERM, endAtOnce);
	handle(SIGALRM, SIG_DFL);
#if defined(__linux__)
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	if (getppid() != supervisor)
		_exit(HOST_EXIT_REQUESTED);
}

static int exitOf(int status) {
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	/* The same end as the program's. */
	handle(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
	return 128 + WTERMSIG(status);
}

void hostSupervise(txMachine *the) {
	const struct itimerval second = { { 1, 0 }, { 1, 0 } };
	const pid_t supervisor = getpid();
	sigset_t signals, before;
	simPoweredAllowRestarts();
	beginning = the;
	starter = getppid();
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGALRM);
	handle(SIGTERM, forward);
	handle(SIGALRM, lookAround);
	setitimer(ITIMER_REAL, &second, NULL);
	fflush(NULL);
	for (;;) {
		int status = 0;
		/* A request to end must reach the program, or be seen before it begins. */
		sigprocmask(SIG_BLOCK, &signals, &before);
		if (isEndRequested)
			endAtOnce(SIGTERM);
		running = fork();
		if (running < 0) {
			fprintf(stderr, "the program could not be started: %s\n", strerror(errno));
			_exit(HOST_EXIT_RESOURCES);
		}
		if (running == 0) {
			running = 0;
			beSupervised(supervisor);
			sigprocmask(SIG_SETMASK, &before, NULL);
			hostStirRandom(simPowered()->starts);
			simResetsBegin();
			return;
		}
		sigprocmask(SIG_SETMASK, &before, NULL);
		while (waitpid(running, &status, 0) < 0 && errno == EINTR)
			;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != SIM_EXIT_AGAIN)
			_exit(exitOf(status));
		simPoweredBegin();
	}
}
