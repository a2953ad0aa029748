/*
 * XS's platform definitions for the host program: POSIX, a virtual clock, a seeded random source,
 * the debugger on a TCP socket. XS includes this through its XSPLATFORM hook.
 */
#ifndef LOAM_HOST_PLATFORM_H
#define LOAM_HOST_PLATFORM_H

/* XS's exceptions are setjmp: the compiler's warnings about clobbered variables are mostly false there. */
#if defined(__GNUC__) && !defined(__clang__)
	#pragma GCC diagnostic ignored "-Wclobbered"
#endif

#if defined(__APPLE__)
	#undef mxMacOSX
	#define mxMacOSX 1
#else
	#undef mxLinux
	#define mxLinux 1
#endif

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <pthread.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/time.h>

typedef int txSocket;
#define mxNoSocket -1
#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1

#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1

#define mxMachinePlatform \
	struct HostScript *script; /* of a script machine; the node's has none */ \
	txSocket connection; \
	struct DebugSession *debug; /* NULL when there was none yet */ \
	int promiseJobs; \
	struct HostFunctions *functions; \
	void *waiterCondition; \
	void *waiterData; \
	void *waiterLink;

#include "deterministic.h"

#endif
