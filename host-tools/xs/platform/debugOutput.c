/* Documents for xsbug that XS 13 does not know, or knows differently. */
#include "debugger.h"

/* xsbug compiles expressions only for the version that it has itself: that of the Moddable SDK 8.2. */
static const char defaultVersion[] = "17.7.0";

static void writeText(FILE *file, const char *text) {
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", file);
		else if (*text == '>')
			fputs("&gt;", file);
		else if (*text == '&')
			fputs("&amp;", file);
		else if (*text == '"' || *text == '\'' || (unsigned char)*text < ' ')
			fprintf(file, "&#%d;", *text);
		else
			fputc(*text, file);
	}
}

void hostDebugBegin(DebugDocument *document) {
	document->file = open_memstream(&document->bytes, &document->size);
	fputs("\r\n<xsbug>", document->file);
}

void hostDebugEnd(DebugDocument *document, txMachine *the) {
	fputs("</xsbug>\r\n", document->file);
	fclose(document->file);
	hostDebuggerSend(the, document->bytes, document->size);
	free(document->bytes);
}

void hostDebugLog(txMachine *the, const char *path, int line, const char *text) {
	DebugDocument document;
	hostDebugBegin(&document);
	fputs("<log", document.file);
	if (path) {
		fputs(" path=\"", document.file);
		writeText(document.file, path);
		fprintf(document.file, "\" line=\"%d\"", line);
	}
	fputc('>', document.file);
	writeText(document.file, text);
	fputs("\n</log>", document.file);
	hostDebugEnd(&document, the);
}

/*
 * The version is that of the byte code which an expression may have. An expression's is the same in XS 13 and XS 17, names
 * have 16 bits in both; debugExpression.c refuses what XS 13 does not know.
 */
void hostDebugLogin(txMachine *the) {
	const char *version = getenv("LOAM_XSBUG_VERSION");
	const txU2 one = 1;
	DebugDocument document;
	hostDebugBegin(&document);
	fputs("<login name=\"", document.file);
	writeText(document.file, the->name ? the->name : "loam");
	fputs("\" value=\"XS ", document.file);
	writeText(document.file, version ? version : defaultVersion);
	fprintf(document.file, " %d-bit %s %d-bit ID\" flags=\"e\"/>", (int)sizeof(txSlot *) * 8,
		*(const txU1 *)&one ? "LE" : "BE", (int)sizeof(txID) * 8);
	hostDebugEnd(&document, the);
}

void hostDebugAnswer(txMachine *the, int line, const DebugResult *result) {
	DebugDocument document;
	hostDebugBegin(&document);
	fprintf(document.file, "<result line=\"%d\">", line);
	if (result->isException)
		writeText(document.file, result->text);
	else {
		fputs("<property flags=\" CEW_\" name=\"\" value=\"", document.file);
		writeText(document.file, result->text);
		fputs("\"/>", document.file);
	}
	fputs("</result>", document.file);
	hostDebugEnd(&document, the);
}
