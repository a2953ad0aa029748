/* The emulated chip: its memory, and what is not the chip but the world around it. */
#ifndef LOAM_CHIP_H
#define LOAM_CHIP_H

#include "host.h"

/*
 * Flash: the program (chip.ld), the machine with all that is preloaded (link.c makes it, it is at this address in every run), and
 * the files. build.ts has the loader put them there. The chip can read and execute it, and no more.
 */
#define chipImageAddress 0x81000000u
#define chipImageBytes 0x01000000u
#define chipFilesAddress 0x82000000u
/* Memory that lasts over a deep sleep: 8 KB. */
#define chipRtcAddress 0x8A100000u

/* The files of a run or a link: a head, entries; each text ends with 0. Offsets are from the head. files.ts writes it. */
enum { chipFilesMagic = 0x53454C46 };
typedef struct {
	uint32_t kind, name, data, size;
} ChipEntry;
typedef struct {
	uint32_t magic, count;
	uint32_t isLink; /* flash may be written */
	uint32_t unused;
	ChipEntry entries[];
} ChipFiles;
enum { chipModule = 1, chipArchive, chipPreload, chipResource, chipSetting, chipVariable, chipArgument, chipSimulated };
#define chipFiles ((const ChipFiles *)chipFilesAddress)

/* A setting's text, or NULL. */
const char *chipSettingOf(const char *name);

/* The machine in flash. */
typedef struct {
	uint32_t magic, bytes;
	uint32_t used; /* of it: the space for chunks is larger than they are */
	HostProgram program;
	txScript **scripts; /* of program.modules */
	txMachine *machine;
} ChipImage;
enum { chipImageMagic = 0x45474D49 };
#define chipImage ((ChipImage *)chipImageAddress)
/* Makes it, and ends. */
void chipLink(void) __attribute__((noreturn));

/* memory.c: where XS's memory comes from. */
void chipMemoryStart(txSize bytes);
int chipHeapOpen(HostHeap *heap, txSize bytes);
void chipMemoryLink(txByte *chunks, txSize bytes);

/* heap.c: malloc's memory. */
void chipHeapStart(void *from, void *to);
extern char *chipHeapFrom, *chipHeapTop;

/* The world: see world.h. */
#include "world.h"

#endif
