/* A serial port that is a pseudo terminal: prints its name, and passes bytes on between it and a TCP port of this machine. */
#define _XOPEN_SOURCE 600
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

static int passOn(int from, int to) {
	char bytes[4096];
	const ssize_t count = read(from, bytes, sizeof bytes);
	return count > 0 && write(to, bytes, (size_t)count) == count;
}

int main(int argc, char **argv) {
	struct sockaddr_in address = { 0 };
	struct termios raw;
	const int pty = posix_openpt(O_RDWR | O_NOCTTY);
	const int tcp = socket(AF_INET, SOCK_STREAM, 0);
	int line;
	address.sin_family = AF_INET;
	address.sin_port = htons((uint16_t)atoi(argc > 1 ? argv[1] : "0"));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (pty < 0 || grantpt(pty) || unlockpt(pty))
		return 2;
	/* Held open, so that it does not end when the program under test closes it. */
	line = open(ptsname(pty), O_RDWR | O_NOCTTY);
	if (line < 0 || tcgetattr(line, &raw))
		return 2;
	raw.c_iflag = raw.c_oflag = raw.c_lflag = 0;
	if (tcsetattr(line, TCSANOW, &raw) || connect(tcp, (struct sockaddr *)&address, sizeof address))
		return 3;
	puts(ptsname(pty));
	fflush(stdout);
	for (;;) {
		struct pollfd both[] = { { pty, POLLIN, 0 }, { tcp, POLLIN, 0 } };
		if (poll(both, 2, -1) < 0)
			return 0;
		if ((both[0].revents && !passOn(pty, tcp)) || (both[1].revents && !passOn(tcp, pty)))
			return 0;
	}
}
