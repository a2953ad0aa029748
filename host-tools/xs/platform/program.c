/* The program file and the command line of a run. Both are written by host-tools/xs, never by hand. */
#include "host.h"
#include "clock.h"

HostProgram hostProgram;

static void fail(const char *what, const char *which) {
	fprintf(stderr, "host program: %s: %s\n", what, which);
	exit(HOST_EXIT_USAGE);
}

static void addFile(HostFile **files, size_t *count, const char *name, const char *path, int isArchive) {
	size_t i;
	for (i = 0; i < *count; i++) {
		if (!strcmp((*files)[i].name, name)) {
			(*files)[i].path = strdup(path);
			(*files)[i].isArchive = isArchive;
			return;
		}
	}
	*files = realloc(*files, (*count + 1) * sizeof(HostFile));
	(*files)[*count] = (HostFile){ strdup(name), strdup(path), isArchive, 0 };
	(*count)++;
}

static void markSimulated(const char *module) {
	size_t i;
	for (i = 0; i < hostProgram.moduleCount; i++) {
		if (!strcmp(hostProgram.modules[i].name, module))
			hostProgram.modules[i].isSimulated = 1;
	}
}

static void readCreation(const char *text) {
	HostProgram *p = &hostProgram;
	if (sscanf(text, "%d %d %d %d %d %d %d %d", &p->staticBytes, &p->chunkInitial, &p->chunkIncremental,
			&p->slotInitial, &p->slotIncremental, &p->stackCount, &p->keyInitial, &p->keyIncremental) != 8)
		fail("bad creation", text);
}

/* One item per line: a keyword and its fields, separated by tabs. */
void hostReadProgram(const char *path) {
	char *line = NULL;
	size_t capacity = 0;
	ssize_t length;
	FILE *file = fopen(path, "r");
	if (!file)
		fail("cannot read the program file", path);
	while ((length = getline(&line, &capacity, file)) > 0) {
		char *rest = line, *kind, *first, *second;
		if (line[length - 1] == '\n')
			line[length - 1] = 0;
		kind = strsep(&rest, "\t");
		first = strsep(&rest, "\t");
		second = strsep(&rest, "\t");
		if (!first)
			fail("bad line in the program file", line);
		if (!strcmp(kind, "name"))
			hostProgram.name = strdup(first);
		else if (!strcmp(kind, "root"))
			hostProgram.root = strdup(first);
		else if (!strcmp(kind, "main"))
			hostProgram.main = strdup(first);
		else if (!strcmp(kind, "async"))
			hostProgram.isAsync = 1;
		else if (!strcmp(kind, "creation"))
			readCreation(first);
		else if (!strcmp(kind, "preload")) {
			hostProgram.preloads = realloc(hostProgram.preloads, (hostProgram.preloadCount + 1) * sizeof(char *));
			hostProgram.preloads[hostProgram.preloadCount++] = strdup(first);
		} else if (!strcmp(kind, "module") && second)
			addFile(&hostProgram.modules, &hostProgram.moduleCount, first, second, 0);
		else if (!strcmp(kind, "simulated"))
			markSimulated(first);
		else if (!strcmp(kind, "archive") && second)
			addFile(&hostProgram.modules, &hostProgram.moduleCount, first, second, 1);
		else if (!strcmp(kind, "resource") && second)
			addFile(&hostProgram.resources, &hostProgram.resourceCount, first, second, 0);
		else if (!strcmp(kind, "positions") && second) {
			size_t count = 0;
			addFile(&hostProgram.positions, &count, first, second, 0);
		} else
			fail("bad line in the program file", kind);
	}
	free(line);
	fclose(file);
	if (!hostProgram.main)
		fail("the program file names no main module", path);
}

static const char *valueOf(int argc, char **argv, int at) {
	if (at + 1 >= argc)
		fail("option without a value", argv[at]);
	return argv[at + 1];
}

void hostReadOptions(int argc, char **argv) {
	int i = 0;
	/* The chip's counter of milliseconds gets negative after 24.9 days: here soon, in every run. */
	simClockSetTicks(0x80000000u - 20000u);
	while (i < argc) {
		const char *option = argv[i];
		if (!strcmp(option, "--")) {
			i++;
			break;
		}
		if (!strcmp(option, "--resource")) {
			const char *name = valueOf(argc, argv, i);
			if (i + 2 >= argc)
				fail("--resource NAME FILE", name);
			addFile(&hostProgram.resources, &hostProgram.resourceCount, name, argv[i + 2], 0);
			i += 3;
			continue;
		}
		if (!strcmp(option, "--epoch"))
			simClockSetEpoch(strtod(valueOf(argc, argv, i), NULL));
		else if (!strcmp(option, "--ticks"))
			simClockSetTicks((uint32_t)strtoul(valueOf(argc, argv, i), NULL, 10));
		else if (!strcmp(option, "--seed")) {
			extern void hostSeed(uint32_t seed);
			hostSeed((uint32_t)strtoul(valueOf(argc, argv, i), NULL, 10));
		} else
			fail("unknown option", option);
		i += 2;
	}
	hostProgram.argumentCount = argc - i;
	hostProgram.arguments = argv + i;
}
