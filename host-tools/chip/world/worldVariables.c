/* The environment of a run is in its files. */
#include "chip.h"

enum { maximumVariables = 32 };
static char *variables[maximumVariables + 1];
char **environ = variables;

void worldReadVariables(void) {
	uint32_t i, count = 0;
	for (i = 0; i < chipFiles->count && count < maximumVariables; i++) {
		const ChipEntry *entry = &chipFiles->entries[i];
		if (entry->kind == chipVariable)
			variables[count++] = (char *)chipFiles + entry->data;
	}
}
