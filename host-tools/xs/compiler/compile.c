/*
 * compile SCRIPT BYTECODE...: XS's own compiler, for a machine with names of 16 bits, as the chip's. Each output begins with the size of the
 * code (little-endian, 32 bits); the code and the names in it follow.
 * compile --memory SCRIPT...: prints for each the bytes of memory that the parser takes for it on this machine, with a script machine's buffers, and those of
 * the code and the names.
 */
#include "xsScript.h"
#include "../../../native/script/scriptHal.h"

typedef struct {
	const unsigned char *at, *end;
} Reader;

static int readByte(void *it) {
	Reader *reader = it;
	return reader->at < reader->end ? *reader->at++ : C_EOF;
}

/* What the compiler asks of its platform. */

void fxVReportError(void *console, txString path, txInteger line, txString format, c_va_list arguments) {
	(void)console;
	fprintf(stderr, "%s:%d: ", path ? path : "", (int)line);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

void fxVReportWarning(void *console, txString path, txInteger line, txString format, c_va_list arguments) {
	fxVReportError(console, path, line, format, arguments);
}

txID fxGenerateProfileID(void *console) {
	(void)console;
	return 0;
}

/* Names a template literal: unlike any other's, whichever module it is in. */
static uint32_t pathHash;

void fxGenerateTag(void *console, txString buffer, txInteger size, txString path) {
	static unsigned count;
	(void)console;
	(void)path;
	snprintf(buffer, (size_t)size, "#%08lx%x", (unsigned long)pathHash, count++);
}

static unsigned char *readFile(const char *path, size_t *size) {
	FILE *file = fopen(path, "rb");
	unsigned char *bytes = NULL;
	if (file && !fseek(file, 0, SEEK_END)) {
		*size = (size_t)ftell(file);
		rewind(file);
		bytes = malloc(*size + 1);
		if (bytes && fread(bytes, 1, *size, file) != *size)
			bytes = NULL;
	}
	if (file)
		fclose(file);
	if (!bytes)
		fprintf(stderr, "%s: cannot be read\n", path);
	return bytes;
}

enum { moduleBuffer = 1024 * 1024, moduleTable = 1993 };

/* `memory`: what it has taken, with a script machine's buffers; NULL: a module of the firmware. */
static txScript *compile(const char *path, const unsigned char *bytes, size_t size, txSize *memory) {
	txParser parserRecord, *parser = &parserRecord;
	txParserJump jump;
	txScript *script = NULL;
	txString mapName = NULL;
	Reader reader = { bytes, bytes + size };
	fxInitializeParser(
		parser, NULL, memory ? SCRIPT_LONGEST_WORD : moduleBuffer, memory ? SCRIPT_NAME_TABLE : moduleTable);
	parser->firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser->path = fxNewParserSymbol(parser, (txString)path);
		fxParserTree(parser, &reader, readByte, 0, &mapName);
		fxParserHoist(parser);
		fxParserBind(parser);
		script = fxParserCode(parser);
	}
	if (parser->errorCount)
		script = NULL;
	if (memory)
		*memory = parser->total;
	return script;
}

static int printMemory(const char *path) {
	size_t size;
	txSize memory;
	txScript *script;
	const unsigned char *bytes = readFile(path, &size);
	script = bytes ? compile(path, bytes, size, &memory) : NULL;
	if (!script)
		return 0;
	printf("%ld %ld\n", (long)memory, (long)(script->codeSize + script->symbolsSize));
	return 1;
}

static int save(const char *path, const txScript *script) {
	FILE *file = fopen(path, "wb");
	const unsigned size = (unsigned)script->codeSize;
	const unsigned char head[4] = { (unsigned char)size, (unsigned char)(size >> 8), (unsigned char)(size >> 16),
		(unsigned char)(size >> 24) };
	int isGood;
	if (!file)
		return 0;
	isGood = fwrite(head, 1, 4, file) == 4 && fwrite(script->codeBuffer, 1, size, file) == size &&
		fwrite(script->symbolsBuffer, 1, (size_t)script->symbolsSize, file) == (size_t)script->symbolsSize;
	return !fclose(file) && isGood;
}

int main(int argc, char **argv) {
	int i;
	if (argc > 1 && !strcmp(argv[1], "--memory")) {
		for (i = 2; i < argc; i++)
			if (!printMemory(argv[i]))
				return 1;
		return 0;
	}
	for (i = 1; i + 1 < argc; i += 2) {
		size_t size;
		const unsigned char *bytes = readFile(argv[i], &size);
		const char *letter;
		for (pathHash = 2166136261u, letter = argv[i]; *letter; letter++)
			pathHash = (pathHash ^ (unsigned char)*letter) * 16777619u; /* FNV-1a */
		txScript *script = bytes ? compile(argv[i], bytes, size, NULL) : NULL;
		if (!script || !save(argv[i + 1], script)) {
			fprintf(stderr, "%s: not compiled\n", argv[i]);
			return 1;
		}
	}
	return 0;
}
