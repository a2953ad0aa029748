/*
 * What a platform gives for a script machine: an XS machine beside the node's, in the same task, that can be stopped. On the chip
 * esp32/scriptEsp32.c, in simulation host-tools/xs/platform/scriptMachine.c.
 *
 * Whatever ends a machine (its memory or stack is full, its time is up) comes back by a long jump to the outermost jump of that machine, which
 * scriptBinding.c sets; the machine can only be closed then. The node's own machine is not touched by it.
 */
#ifndef LOAM_SCRIPT_HAL_H
#define LOAM_SCRIPT_HAL_H

#include <stdbool.h>
#include <stdint.h>

/* How a call ended. The order is that of script.ts. */
typedef enum { SCRIPT_OK, SCRIPT_TIME, SCRIPT_MEMORY, SCRIPT_STACK, SCRIPT_EXCEPTION, SCRIPT_QUOTA } ScriptOutcome;

/*
 * Size in bytes of the parser's buffer, which is in the C heap: a name, a number or the text of a literal, with its terminating zero, must fit.
 * Packing refuses longer ones (host-tools/script/language/words.ts).
 */
enum { SCRIPT_LONGEST_WORD = 2048 };

/* Lists that the parser's names are spread over, each a pointer. */
enum { SCRIPT_NAME_TABLE = 61 };

/* Whether the call may go on. Asked while it runs, also within a regular expression and within loops of built-in functions. */
typedef bool (*ScriptCheck)(void *context);

/*
 * A machine with the firmware's modules and built-in objects, `bytes` for slots and chunks, and `stack` slots. NULL: there is no memory for it.
 * `machine` is an xsMachine: its internals have other names in xs.h than in xsAll.h.
 */
void *scriptHalOpen(uint32_t bytes, uint32_t stack, void *context);

/* Returns the bytes outside of the machine that calls which were stopped have taken and that nothing gives back any more. */
uint32_t scriptHalClose(void *machine);

/* Starts the node again, as on a fatal error of XS. */
void scriptHalRestart(void);

/* From now on `check` is asked; NULL: no more. */
void scriptHalMeter(void *machine, ScriptCheck check);

/* Runs the promise jobs that wait. False: none did; rejections that nothing has handled are an end of the machine then. */
bool scriptHalRunJobs(void *machine);

/* Ends the machine. */
void scriptHalStop(void *machine) __attribute__((noreturn));

/* Why XS has ended the machine; SCRIPT_OK: it has not. */
ScriptOutcome scriptHalEnd(void *machine);

/* Microseconds that only increase. */
uint64_t scriptHalNow(void);

#endif
