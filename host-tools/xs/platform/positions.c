/*
 * Compiles the text of an app script that was bundled and minified with the lines of the files that it was made of, for the debugger. Its positions
 * (host-tools/script/positions.ts, of a source map) change the parser's line and file while it reads: XS's own source maps are of whole lines.
 */
#include "host.h"
#include "../../../native/script/scriptHal.h"

typedef struct {
	txParser *parser;
	const char *text;
	size_t size, at;
	/* Ahead of what has been read. */
	const char *next, *end;
	txSymbol **files;
} Reader;

/* The line that begins there. Its end is the start of the next one. */
static const char *lineAfter(const char *line, const char *end) {
	const char *newline = memchr(line, '\n', (size_t)(end - line));
	return newline ? newline + 1 : end;
}

static void readFiles(Reader *reader) {
	size_t count = 0, i;
	const char *line = reader->next;
	char path[C_PATH_MAX];
	for (; line < reader->end && *line == 'f'; line = lineAfter(line, reader->end))
		count++;
	reader->files = fxNewParserChunk(reader->parser, (txSize)((count + 1) * sizeof(txSymbol *)));
	for (i = 0; i < count; i++) {
		line = lineAfter(reader->next, reader->end);
		snprintf(path, sizeof(path), "%.*s", (int)(line - reader->next - 3), reader->next + 2);
		reader->files[i] = fxNewParserSymbol(reader->parser, path);
		reader->next = line;
	}
	if (count)
		reader->parser->path = reader->files[0];
}

static int readByte(void *it) {
	Reader *reader = it;
	while (reader->next < reader->end) {
		char *value;
		const size_t offset = strtoul(reader->next + 2, &value, 10);
		if (offset > reader->at)
			break;
		if (*reader->next == 'l')
			reader->parser->line2 = (txInteger)strtol(value, NULL, 10);
		else
			reader->parser->path = reader->files[strtoul(value, NULL, 10)];
		reader->next = lineAfter(reader->next, reader->end);
	}
	return reader->at < reader->size ? (unsigned char)reader->text[reader->at++] : C_EOF;
}

/* What says where code comes from takes memory that the chip has not. */
static txSize positionBytes(const txScript *script) {
	const txByte *at = script->codeBuffer, *end = at + script->codeSize;
	txSize bytes = 0;
	while (at < end) {
		const txSize size = hostCodeSize(at);
		if (*(const txU1 *)at == XS_CODE_FILE || *(const txU1 *)at == XS_CODE_LINE)
			bytes += size;
		at += size;
	}
	return bytes;
}

static txScript *parse(txMachine *the, Reader *reader, txUnsigned flags) {
	txParser parserRecord, *parser = &parserRecord;
	txParserJump jump;
	txScript *script = NULL;
	fxInitializeParser(parser, the, the->parserBufferSize, the->parserTableModulo);
	parser->firstJump = &jump;
	reader->parser = parser;
	if (c_setjmp(jump.jmp_buf) == 0) {
		readFiles(reader);
		fxParserTree(parser, reader, readByte, flags, NULL);
		fxParserHoist(parser);
		fxParserBind(parser);
		script = fxParserCode(parser);
	}
	fxTerminateParser(parser);
	return script;
}

static void creditFiles(txMachine *the, const Reader *reader) {
	const txID keys = the->keyIndex;
	const txSize chunks = the->currentChunksSize;
	const char *line = reader->next;
	char path[C_PATH_MAX];
	for (; line < reader->end && *line == 'f'; line = lineAfter(line, reader->end)) {
		snprintf(path, sizeof(path), "%.*s", (int)(lineAfter(line, reader->end) - line - 3), line + 2);
		fxNewNameC(the, path);
	}
	hostMemoryCredit(the, (txSize)(the->keyIndex - keys), the->currentChunksSize - chunks);
}

txScript *xsParseScript(txMachine *the, void *stream, txGetter getter, txUnsigned flags);

/* Of a text that comes with positions. */
static txScript *parseScript(txMachine *the, void *stream, txGetter getter, txUnsigned flags) {
	const txStringStream *string = stream;
	Reader reader = { 0 };
	txScript *script;
	size_t size;
	if (!hostProgram.positions || !the->script || getter != fxStringGetter)
		return xsParseScript(the, stream, getter, flags);
	reader.text = hostMap(hostProgram.positions->name, &reader.size);
	reader.next = hostMap(hostProgram.positions->path, &size);
	if (!reader.text || !reader.next || reader.size != (size_t)string->size ||
		memcmp(reader.text, string->slot->value.string, reader.size))
		return xsParseScript(the, stream, getter, flags);
	reader.end = reader.next + size;
	creditFiles(the, &reader);
	script = parse(the, &reader, flags);
	if (script)
		hostMemoryCredit(the, 0, positionBytes(script));
	return script;
}

/* A script's words are limited as on the chip; the firmware's modules, which are compiled elsewhere there, are not. */
txScript *fxParseScript(txMachine *the, void *stream, txGetter getter, txUnsigned flags) {
	const txSize bufferSize = the->parserBufferSize;
	txScript *script;
	if (the->script)
		the->parserBufferSize = SCRIPT_LONGEST_WORD;
	script = parseScript(the, stream, getter, flags);
	the->parserBufferSize = bufferSize;
	return script;
}
