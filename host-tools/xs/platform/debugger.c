/* XS's side of the xsbug protocol: a TCP connection to $XSBUG_HOST for each machine, if the run asks for it. */
#include "debugger.h"
#include "powered.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

enum {
	attemptMilliseconds = 500,
	retryMilliseconds = 1000,
	secondCommandMilliseconds = 50,
	/* As on the chip. */
	answerMilliseconds = 2000,
};

static char *host, *port;
static struct addrinfo *addresses;
static int64_t attemptedAt;
static int hasStarted, isStartAwaited;
/* The node's machine; without it a script's does not try. And whether one has tried in vain since then. */
static int isConnected, isSecondRefused;

int64_t hostDebuggerMilliseconds(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int readSetting(void) {
	const char *setting = getenv("XSBUG_HOST");
	if (!setting || !*setting)
		return 0;
	if (host)
		return 1;
	host = strdup(setting);
	port = strrchr(host, ':');
	if (port)
		*port++ = 0;
	else
		port = "5002";
	signal(SIGPIPE, SIG_IGN);
	return 1;
}

/* The program must go on soon when nobody answers. */
static int connectSoon(const struct addrinfo *address) {
	struct pollfd state;
	int error = 0, flags;
	socklen_t size = sizeof(error);
	int result = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
	if (result < 0)
		return -1;
	flags = fcntl(result, F_GETFL);
	fcntl(result, F_SETFL, flags | O_NONBLOCK);
	fcntl(result, F_SETFD, FD_CLOEXEC);
	if (connect(result, address->ai_addr, address->ai_addrlen) == 0)
		error = 0;
	else if (errno != EINPROGRESS)
		error = errno;
	else {
		state = (struct pollfd){ .fd = result, .events = POLLOUT };
		if (poll(&state, 1, attemptMilliseconds) <= 0 || getsockopt(result, SOL_SOCKET, SO_ERROR, &error, &size))
			error = ETIMEDOUT;
	}
	if (error) {
		close(result);
		return -1;
	}
	fcntl(result, F_SETFL, flags);
	return result;
}

static int attempt(void) {
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	const struct addrinfo *each;
	int result = -1;
	if (!addresses && getaddrinfo(host, port, &hints, &addresses))
		addresses = NULL;
	for (each = addresses; each && result < 0; each = each->ai_next)
		result = connectSoon(each);
	attemptedAt = hostDebuggerMilliseconds();
	return result;
}

static DebugSession *newSession(void) {
	DebugSession *session = calloc(1, sizeof(DebugSession));
	hostDebugCommandsReset(&session->commands);
	return session;
}

void hostDebuggerEnded(txMachine *the) {
	DebugSession *session = the->debug;
	if (!session)
		return;
	hostDebugCommandsReset(&session->commands);
	free(session->input.text);
	free(session);
	the->debug = NULL;
}

/* A run waits for xsbug where it begins, and nowhere else. */
void fxConnect(txMachine *the) {
	int isTold = 0;
	if (!readSetting())
		return;
	if (!the->debug)
		the->debug = newSession();
	if (the->script) {
		the->connection = attempt();
		return;
	}
	while ((the->connection = attempt()) < 0 && !hasStarted && simPowered()->starts == 0) {
		if (!isTold)
			fprintf(stderr, "waiting for xsbug at %s:%s (start it, or set XSBUG_HOST)\n", host, port);
		isTold = 1;
		usleep(250 * 1000);
	}
	if (isTold)
		fprintf(stderr, "connected to xsbug\n");
}

/* XS goes on from a break then, and nothing of the session is left. */
void fxDisconnect(txMachine *the) {
	txSlot *frame;
	if (the->connection == mxNoSocket)
		return;
	close(the->connection);
	the->connection = mxNoSocket;
	if (!the->script)
		isConnected = 0;
	for (frame = the->frame; frame; frame = frame->next)
		frame->flag &= ~(XS_STEP_INTO_FLAG | XS_STEP_OVER_FLAG);
	the->breakOnExceptionsFlag = 0;
	the->breakOnStartFlag = 0;
	hostBreakpointsReset(the);
}

txBoolean fxIsConnected(txMachine *the) {
	return the->connection != mxNoSocket;
}

/* Reads what has come; waits for something when that is asked. */
static void receive(txMachine *the, int timeout) {
	char bytes[4096];
	struct pollfd state;
	ssize_t size;
	while (the->connection != mxNoSocket) {
		state = (struct pollfd){ .fd = the->connection, .events = POLLIN };
		if (poll(&state, 1, timeout) <= 0)
			return;
		do
			size = recv(the->connection, bytes, sizeof(bytes), 0);
		while (size < 0 && errno == EINTR);
		if (size <= 0) {
			fxDisconnect(the);
			return;
		}
		hostDebugInput(the, bytes, (size_t)size);
		timeout = 0;
	}
}

/* Called at every line: has xsbug sent a command for XS (a break, a step)? Other bytes must not make it wait for one. */
txBoolean fxIsReadable(txMachine *the) {
	/* A line is a step of XS's meter: so that a script takes as long with the debugger, whose lines are more, a script's is none. */
	if (the->script)
		the->meterIndex--;
	if (the->connection == mxNoSocket || hostExpressionIsRunning())
		return 0;
	receive(the, 0);
	return hostDebugIsPending(&the->debug->commands);
}

void fxReceive(txMachine *the) {
	while (the->connection != mxNoSocket && !hostDebugIsPending(&the->debug->commands))
		receive(the, -1);
	the->debugOffset = (txSize)hostDebugTake(the, the->debugBuffer, sizeof(the->debugBuffer) - 1);
	the->debugBuffer[the->debugOffset] = 0;
}

void hostDebuggerSend(txMachine *the, const char *bytes, size_t size) {
	while (size && the->connection != mxNoSocket) {
		ssize_t sent = send(the->connection, bytes, size, 0);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0) {
			fxDisconnect(the);
			return;
		}
		bytes += sent;
		size -= (size_t)sent;
	}
}

void fxSend(txMachine *the, txBoolean more) {
	(void)more;
	hostDebuggerSend(the, (const char *)the->echoBuffer, (size_t)the->echoOffset);
}

/* A debugger that knows only one machine does not answer the second one, which is not to wait for it. */
static void awaitAnswer(txMachine *the) {
	const int64_t begin = hostDebuggerMilliseconds();
	int64_t waited = 0;
	while (the->connection != mxNoSocket && !hostDebugIsPending(&the->debug->commands) && waited < answerMilliseconds) {
		receive(the, (int)(answerMilliseconds - waited));
		waited = hostDebuggerMilliseconds() - begin;
	}
	if (the->connection != mxNoSocket && !hostDebugIsPending(&the->debug->commands))
		fxDisconnect(the);
}

static void login(txMachine *the) {
	if (!fxIsConnected(the))
		fxConnect(the);
	if (!fxIsConnected(the))
		return;
	hostDebugInputReset(&the->debug->input);
	hostDebugCommandsReset(&the->debug->commands);
	the->debugState = 0; /* outside of any element */
	hostBreakpointsReset(the);
	hostDebugLogin(the);
	if (the->script)
		awaitAnswer(the);
	fxDebugCommand(the);
	/* xsbug-log sends <go/> first, its breakpoints after it. */
	receive(the, secondCommandMilliseconds);
}

/* Instead of XS's own: it says which byte code an expression may have, and begins a session. */
void fxLogin(txMachine *the) {
	/* A script's machine has built-in objects to make here, which are in flash on the chip: hostDebuggerScript. */
	if (the->script)
		return;
	hostInstrumentsReset();
	login(the);
	isConnected = fxIsConnected(the);
	isSecondRefused = 0;
	if (isConnected && !hasStarted) {
		/* What XS runs until the program starts is in flash on the chip: no break in there. */
		isStartAwaited = the->breakOnStartFlag;
		the->breakOnStartFlag = 0;
	}
}

void hostDebuggerScript(txMachine *the) {
	if (fxIsConnected(the))
		receive(the, 0);
	else if (isConnected && !isSecondRefused) {
		login(the);
		isSecondRefused = !fxIsConnected(the);
	}
}

void hostDebuggerStart(txMachine *the) {
	hasStarted = 1;
	if (isStartAwaited && fxIsConnected(the))
		the->breakOnStartFlag = 1;
}

void hostDebuggerTurn(txMachine *the) {
	if (the->connection != mxNoSocket) {
		/* Notices that xsbug has gone, also when nothing is sent. */
		receive(the, 0);
		hostInstrumentsTurn(the);
		return;
	}
	if (!readSetting() || hostDebuggerMilliseconds() - attemptedAt < retryMilliseconds)
		return;
	fxLogin(the);
	if (fxIsConnected(the))
		fprintf(stderr, "connected to xsbug again\n");
}

void xsDebugLoop(txMachine *the, txString path, txInteger line, txString message);

/* Instead of XS's own: a stop, with the figures that there are at that moment. */
void fxDebugLoop(txMachine *the, txString path, txInteger line, txString message) {
	hostInstrumentsSample(the);
	xsDebugLoop(the, path, line, message);
}
