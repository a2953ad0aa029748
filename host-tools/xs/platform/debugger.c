/* XS's side of the xsbug protocol: a TCP connection to $XSBUG_HOST, if the run asks for it. */
#include "host.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

static int connectTo(const char *host, const char *port) {
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM }, *found, *each;
	int result = -1;
	if (getaddrinfo(host, port, &hints, &found))
		return -1;
	for (each = found; each && result < 0; each = each->ai_next) {
		int candidate = socket(each->ai_family, each->ai_socktype, each->ai_protocol);
		if (candidate < 0)
			continue;
		if (connect(candidate, each->ai_addr, each->ai_addrlen) == 0)
			result = candidate;
		else
			close(candidate);
	}
	freeaddrinfo(found);
	return result;
}

void fxConnect(txMachine *the) {
	char *setting = getenv("XSBUG_HOST");
	char *host, *port;
	int told = 0;
	if (!setting || !*setting)
		return;
	host = strdup(setting);
	port = strrchr(host, ':');
	if (port)
		*port++ = 0;
	else
		port = "5002";
	signal(SIGPIPE, SIG_IGN);
	while ((the->connection = connectTo(host, port)) < 0) {
		if (!told)
			fprintf(stderr, "waiting for xsbug at %s:%s (start it, or set XSBUG_HOST)\n", host, port);
		told = 1;
		usleep(250 * 1000);
	}
	if (told)
		fprintf(stderr, "connected to xsbug\n");
}

void fxDisconnect(txMachine *the) {
	if (the->connection == mxNoSocket)
		return;
	close(the->connection);
	the->connection = mxNoSocket;
}

txBoolean fxIsConnected(txMachine *the) {
	return the->connection != mxNoSocket;
}

/* Called at every line: has xsbug sent a command (a breakpoint set while the program runs, a break)? */
txBoolean fxIsReadable(txMachine *the) {
	struct pollfd state;
	if (the->connection == mxNoSocket)
		return 0;
	state = (struct pollfd){ .fd = the->connection, .events = POLLIN };
	return poll(&state, 1, 0) > 0;
}

void fxReceive(txMachine *the) {
	ssize_t size = -1;
	the->debugOffset = 0;
	if (the->connection != mxNoSocket) {
		do
			size = recv(the->connection, the->debugBuffer, sizeof(the->debugBuffer) - 1, 0);
		while (size < 0 && errno == EINTR);
		if (size <= 0)
			fxDisconnect(the);
		else
			the->debugOffset = (txSize)size;
	}
	the->debugBuffer[the->debugOffset] = 0;
}

void fxSend(txMachine *the, txBoolean more) {
	const txByte *bytes = (const txByte *)the->echoBuffer;
	size_t left = (size_t)the->echoOffset;
	(void)more;
	while (left && the->connection != mxNoSocket) {
		ssize_t sent = send(the->connection, bytes, left, 0);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0) {
			fxDisconnect(the);
			return;
		}
		bytes += sent;
		left -= (size_t)sent;
	}
}
