/* Compiles a module with XS's own compiler. */
#include "host.h"

typedef struct {
	const char *bytes;
	size_t size, at;
} Reader;

static int readByte(void *it) {
	Reader *reader = it;
	return reader->at < reader->size ? (unsigned char)reader->bytes[reader->at++] : C_EOF;
}

txScript *hostLoadScript(txMachine *the, const HostFile *file) {
	const char *path = file->path;
	txParser parserRecord, *parser = &parserRecord;
	txParserJump jump;
	txString mapName = NULL;
	char mapPath[C_PATH_MAX];
	Reader reader = { 0 };
	txScript *script = NULL;
	fxInitializeParser(parser, the, the->parserBufferSize, the->parserTableModulo);
	parser->firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		txUnsigned flags = mxDebugFlag;
		parser->path = fxNewParserSymbol(parser, (txString)path);
		reader.bytes = hostMap(path, &reader.size);
		mxParserThrowElse(reader.bytes);
		fxParserTree(parser, &reader, readByte, flags, &mapName);
		if (mapName && parser->errorCount == 0) {
			Reader mapReader = { 0 };
			snprintf(mapPath, sizeof(mapPath), "%s", fxCombinePath(parser, (txString)path, mapName));
			mapReader.bytes = hostMap(mapPath, &mapReader.size);
			mxParserThrowElse(mapReader.bytes);
			parser->path = fxNewParserSymbol(parser, mapPath);
			fxParserSourceMap(parser, &mapReader, readByte, flags, &mapName);
			if (parser->errorCount == 0 && mapName)
				parser->path = fxNewParserSymbol(parser, mapName);
		}
		fxParserHoist(parser);
		fxParserBind(parser);
		script = fxParserCode(parser);
	}
	fxTerminateParser(parser);
	return script;
}
