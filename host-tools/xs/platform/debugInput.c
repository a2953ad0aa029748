/*
 * Takes xsbug's elements out of the bytes that arrive. What is not an element is skipped, to the next line at most: whatever a line
 * or a terminal has sent before, the next command is understood.
 */
#include "debugger.h"

enum { sizeLimit = 1 << 20 };

void hostDebugInputReset(DebugInput *input) {
	input->state = DEBUG_OUTSIDE;
	input->length = input->endLength = 0;
	input->quote = 0;
	input->hasScript = 0;
}

static int append(DebugInput *input, char c) {
	if (input->length == sizeLimit)
		return 0;
	if (input->length + 1 >= input->capacity) {
		input->capacity = input->capacity ? 2 * input->capacity : 256;
		input->text = realloc(input->text, input->capacity);
	}
	input->text[input->length++] = c;
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
	DebugInput *input = &the->debug->input;
	char *at = input->text, *name;
	at[input->length] = 0;
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
	input->hasScript = !element.isEnd && (!strcmp(name, "script") || !strcmp(name, "module"));
	hostDebugElement(the, &element);
}

static void inTag(txMachine *the, char c) {
	DebugInput *input = &the->debug->input;
	if (c == '\r' || c == '\n' || !c) {
		/* xsbug's elements have no such characters: it was not one. */
		input->state = DEBUG_OUTSIDE;
		return;
	}
	if (input->quote) {
		if (c == input->quote)
			input->quote = 0;
	} else if (c == '<') {
		input->length = 0;
		return;
	} else if (c == '>') {
		input->state = DEBUG_OUTSIDE;
		if (input->length)
			readElement(the);
		return;
	} else if ((c == '"' || c == '\'') && input->length &&
		(input->text[input->length - 1] == '=' || input->text[input->length - 1] == ' '))
		input->quote = c;
	if (!append(input, c)) {
		input->state = DEBUG_OUTSIDE;
		return;
	}
	if (input->hasScript && input->length == 8 && !strncmp(input->text, "![CDATA[", 8)) {
		input->state = DEBUG_CDATA;
		input->endLength = 0;
	}
}

static void inCdata(DebugInput *input, char c) {
	static const char end[] = "]]>";
	if (c == end[input->endLength])
		input->endLength++;
	else if (!(c == ']' && input->endLength == 2))
		input->endLength = c == ']';
	if (end[input->endLength])
		return;
	input->state = DEBUG_OUTSIDE;
	input->hasScript = 0;
}

void hostDebugInput(txMachine *the, const char *bytes, size_t size) {
	DebugInput *input = &the->debug->input;
	const char *end = bytes + size;
	while (bytes < end) {
		const char c = *bytes++;
		if (input->state == DEBUG_TAG)
			inTag(the, c);
		else if (input->state == DEBUG_CDATA)
			inCdata(input, c);
		else if (c == '<') {
			input->state = DEBUG_TAG;
			input->length = 0;
			input->quote = 0;
		}
	}
}
