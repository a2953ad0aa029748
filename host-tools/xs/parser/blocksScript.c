/*
 * The parser's memory as the SDK's newer XS takes it: in blocks of 4 KB. XS of the package takes each piece from the C heap by itself, so that what
 * a script takes to be compiled was another figure here than on the chip.
 */
#ifdef mxRun
	#include "xsAll.h"
#endif
#include "xsScript.h"

/* In xsScript.c: where it is defined, and where it is called. */
#define fxNewParserChunk(PARSER, SIZE) piece_##PARSER, SIZE)
#define piece_txParser singlePiece(txParser
#define piece_parser newPiece(parser

static void *newPiece(txParser *parser, txSize size);

#include "xsScript.c"

#undef fxNewParserChunk

enum { blockBytes = 4096 };

static void *newBlock(txParser *parser, txSize size) {
	txParserChunk *block = c_malloc((size_t)size);
	if (!block) {
#ifdef mxRun
		/* The SDK's ends the machine too. */
		fxDisposeParserChunks(parser);
		fxAbort(parser->console, XS_NOT_ENOUGH_MEMORY_EXIT);
#endif
		fxReportMemoryError(parser, parser->line, "heap overflow");
	}
	parser->total += size;
	block->next = parser->first;
	parser->first = block;
	return block + 1;
}

/* Of the last block of a parser, of which there is one at a time. */
static txByte *free_;
static txSize left;

static void *newPiece(txParser *parser, txSize size) {
	void *result;
	const txSize head = (txSize)sizeof(txParserChunk);
	size = (size + (txSize)sizeof(void *) - 1) & ~((txSize)sizeof(void *) - 1);
	if (!parser->first)
		left = 0;
	if (size > blockBytes - head)
		return newBlock(parser, head + size);
	if (size > left) {
		free_ = newBlock(parser, blockBytes);
		left = blockBytes - head;
	}
	result = free_;
	free_ += size;
	left -= size;
	return result;
}

void *fxNewParserChunk(txParser *parser, txSize size) {
	return newPiece(parser, size);
}
