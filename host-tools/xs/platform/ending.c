/* Ends the program on SIGTERM, and with the process that started it. */
#include "host.h"
#include "clock.h"

#include <signal.h>

static volatile sig_atomic_t isEndRequested;
static txMachine *endingMachine;
static pid_t parent;

/*
 * At the gate the machine is in a consistent state, so the program can end at once; otherwise it ends after the turn.
 * The alarm covers a signal that comes just before the gate.
 */
static void requestEnd(int signal) {
	(void)signal;
	isEndRequested = 1;
	if (simClockIsAtGate())
		hostExit(endingMachine, HOST_EXIT_REQUESTED);
	alarm(1);
}

/* A program that writes nothing would not notice that its parent process has ended. */
static void endWithParent(void) {
	static unsigned turns;
	if (++turns % 1024)
		return;
	if (getppid() != parent)
		_exit(HOST_EXIT_REQUESTED);
}

void hostCheckEnd(txMachine *the) {
	endWithParent();
	if (isEndRequested)
		hostExit(the, HOST_EXIT_REQUESTED);
}

void hostEndOnRequest(txMachine *the) {
	endingMachine = the;
	parent = getppid();
	signal(SIGTERM, requestEnd);
	signal(SIGALRM, requestEnd);
}
