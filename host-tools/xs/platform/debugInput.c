/*
 * Takes xsbug's elements out of the bytes that arrive. What is not an element is skipped, to the next line at most: whatever a line
 * or a terminal has sent before, the next command is understood.
 */
#include "debugger.h"

enum { sizeLimit = 1 << 20 };

static enum { OUTSIDE, TAG, CDATA } state;
static char *text;
static size_t length, capacity, endLength;
static char quote;
static int hasScript; /* in an element with text that is not to be read as elements */

void hostDebugInputReset(void) {
	state = OUTSIDE;
	length = endLength = 0;
	quote = 0;
	hasScript = 0;
}

static int append(char c) {
	if (length == sizeLimit)
		return 0;
	if (length + 1 >= capacity) {
		capacity = capacity ? 2 * capacity : 256;
		text = realloc(text, capacity);
	}
	text[length++] = c;
	return 1;
}

static int isNameCharacter(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* In place: it gets shorter. */
static void decodeEntities(char *value) {
	static const struct {
		const char *entity;
		char character;
	} entities[] = { { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' }, { "&apos;", '\'' } };
	char *to = value;
	while (*value) {
		size_t i;
		unsigned number;
		int size = 0;
		if (sscanf(value, "&#%u;%n", &number, &size) == 1 && size && number && number < 128) {
			*to++ = (char)number;
			value += size;
			continue;
		}
		for (i = 0; i < sizeof(entities) / sizeof(*entities); i++)
			if (!strncmp(value, entities[i].entity, strlen(entities[i].entity)))
				break;
		if (i < sizeof(entities) / sizeof(*entities)) {
			*to++ = entities[i].character;
			value += strlen(entities[i].entity);
		} else
			*to++ = *value++;
	}
	*to = 0;
}

/* Returns what comes after it; NULL when it is none. */
static char *readAttribute(char *at, DebugElement *element) {
	char *name = at, *end, *value, mark;
	while (isNameCharacter(*at))
		at++;
	end = at;
	while (*at == ' ')
		at++;
	if (end == name || *at++ != '=')
		return NULL;
	while (*at == ' ')
		at++;
	mark = *at++;
	if (mark != '"' && mark != '\'')
		return NULL;
	value = at;
	at = strchr(at, mark);
	if (!at)
		return NULL;
	*at++ = *end = 0;
	decodeEntities(value);
	if (!strcmp(name, "path"))
		element->path = value;
	else if (!strcmp(name, "line"))
		element->line = (int)strtol(value, NULL, 10);
	else if (!strcmp(name, "id"))
		element->id = (uintptr_t)strtoull(value + (*value == '@'), NULL, 16);
	return at;
}

static void readElement(txMachine *the) {
	DebugElement element = { .path = "", .isStart = 1 };
	char *at = text, *name;
	text[length] = 0;
	if (*at == '/') {
		element.isStart = 0;
		element.isEnd = 1;
		at++;
	}
	name = at;
	while (isNameCharacter(*at))
		at++;
	if (at == name)
		return;
	while (*at) {
		if (*at == ' ')
			*at++ = 0;
		else if (*at == '/' && !at[1]) {
			element.isEnd = 1;
			*at = 0;
		} else if (at[-1] || !(at = readAttribute(at, &element)))
			return;
	}
	element.name = name;
	hasScript = !element.isEnd && (!strcmp(name, "script") || !strcmp(name, "module"));
	hostDebugElement(the, &element);
}

static void inTag(txMachine *the, char c) {
	if (c == '\r' || c == '\n' || !c) {
		/* xsbug's elements have no such characters: it was not one. */
		state = OUTSIDE;
		return;
	}
	if (quote) {
		if (c == quote)
			quote = 0;
	} else if (c == '<') {
		length = 0;
		return;
	} else if (c == '>') {
		state = OUTSIDE;
		if (length)
			readElement(the);
		return;
	} else if ((c == '"' || c == '\'') && length && (text[length - 1] == '=' || text[length - 1] == ' '))
		quote = c;
	if (!append(c)) {
		state = OUTSIDE;
		return;
	}
	if (hasScript && length == 8 && !strncmp(text, "![CDATA[", 8)) {
		state = CDATA;
		endLength = 0;
	}
}

static void inCdata(char c) {
	static const char end[] = "]]>";
	if (c == end[endLength])
		endLength++;
	else if (!(c == ']' && endLength == 2))
		endLength = c == ']';
	if (end[endLength])
		return;
	state = OUTSIDE;
	hasScript = 0;
}

void hostDebugInput(txMachine *the, const char *bytes, size_t size) {
	const char *end = bytes + size;
	while (bytes < end) {
		const char c = *bytes++;
		if (state == TAG)
			inTag(the, c);
		else if (state == CDATA)
			inCdata(c);
		else if (c == '<') {
			state = TAG;
			length = 0;
			quote = 0;
		}
	}
}
