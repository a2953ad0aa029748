/*
 * Finds and loads modules by their names in the manifest. A module's byte code stays outside the XS heap and
 * is run in place, as the chip runs it from flash.
 */
#include "host.h"

int hostModulesLoaded;

const HostFile *hostFind(const HostFile *files, size_t count, const char *name) {
	size_t i;
	for (i = 0; i < count; i++) {
		if (!strcmp(files[i].name, name))
			return &files[i];
	}
	return NULL;
}

static void withoutExtension(char *name) {
	char *slash = strrchr(name, '/');
	char *dot = strrchr(slash ? slash : name, '.');
	if (dot && (!strcmp(dot, ".js") || !strcmp(dot, ".mjs")))
		*dot = 0;
}

/* "./x" and "../x" are relative to the importing module's name; anything else is a module's name. */
static int resolve(txMachine *the, txID importer, const char *name, char *path) {
	int up = 0;
	const char *rest = name;
	char *slash;
	if (!strncmp(name, "moddable:", 9))
		name += 9;
	if (strncmp(name, "./", 2) && strncmp(name, "../", 3)) {
		strcpy(path, name);
		return 1;
	}
	if (importer == XS_NO_ID)
		return 0;
	path[0] = '/';
	snprintf(path + 1, C_PATH_MAX - 1, "%s", fxGetKeyName(the, importer));
	while (!strncmp(rest, "./", 2) || !strncmp(rest, "../", 3)) {
		up += rest[1] == '.';
		rest += rest[1] == '.' ? 3 : 2;
	}
	for (up++; up > 0; up--) {
		slash = strrchr(path, '/');
		if (!slash)
			return 0;
		*slash = 0;
	}
	if (strlen(path) + strlen(rest) + 2 > C_PATH_MAX)
		return 0;
	strcat(path, "/");
	strcat(path, rest);
	memmove(path, path + 1, strlen(path));
	return 1;
}

txID fxFindModule(txMachine *the, txSlot *realm, txID moduleID, txSlot *slot) {
	char name[C_PATH_MAX], path[C_PATH_MAX];
	(void)realm;
	fxToStringBuffer(the, slot, name, sizeof(name));
	withoutExtension(name);
	if (!resolve(the, moduleID, name, path))
		return XS_NO_ID;
	if (!hostFind(hostProgram.modules, hostProgram.moduleCount, path))
		return XS_NO_ID;
	return fxNewNameC(the, path);
}

/* This machine's IDs of the names in a script. On the chip these names are in flash. */
static txID *nameSymbols(txMachine *the, txScript *script) {
	txByte *p = script->symbolsBuffer;
	txID count, i, *ids;
	txID keysBefore = the->keyIndex, keysFree = the->keyCount - the->keyIndex;
	txSize chunksBefore = the->currentChunksSize;
	mxDecodeID(p, count);
	ids = malloc((size_t)count * sizeof(txID));
	ids[0] = XS_NO_ID;
	the->keyCount += count;
	the->keyArray = realloc(the->keyArray, (size_t)(the->keyCount - the->keyOffset) * sizeof(txSlot *));
	for (i = 1; i < count; i++) {
		ids[i] = fxNewNameC(the, (txString)p);
		p += strlen((char *)p) + 1;
	}
	the->keyCount = the->keyIndex + keysFree;
	hostMemoryCredit(the, (txSize)(the->keyIndex - keysBefore), the->currentChunksSize - chunksBefore);
	return ids;
}

/*
 * gxCodeSizes says how long an instruction is: a positive size, 0 for one that holds a name, -1, -2, -4 for one that starts with a length of
 * that many bytes.
 */
txSize hostCodeSize(const txByte *at) {
	const txS1 size = gxCodeSizes[*(const txU1 *)at];
	txU2 length2;
	txS4 length4;
	if (size > 0)
		return size;
	if (size == 0)
		return 1 + sizeof(txID);
	if (size == -1)
		return 2 + *(const txU1 *)(at + 1);
	if (size == -2) {
		memcpy(&length2, at + 1, sizeof(length2));
		return 3 + length2;
	}
	memcpy(&length4, at + 1, sizeof(length4));
	return 5 + length4;
}

/*
 * Prepares byte code for in-place use: names become this machine's IDs, and code and strings are marked as not to
 * be copied into chunks ("archive" instructions), as they are in flash.
 */
static void prepare(txScript *script, const txID *ids) {
	txByte *p = script->codeBuffer, *end = p + script->codeSize;
	while (p < end) {
		const txU1 code = *(txU1 *)p;
		const txSize size = hostCodeSize(p);
		txID id;
		if (code >= XS_CODE_CODE_1 && code <= XS_CODE_CODE_4)
			*(txU1 *)p = code + (XS_CODE_CODE_ARCHIVE_1 - XS_CODE_CODE_1);
		if (code >= XS_CODE_STRING_1 && code <= XS_CODE_STRING_4)
			*(txU1 *)p = code + (XS_CODE_STRING_ARCHIVE_1 - XS_CODE_STRING_1);
		if (gxCodeSizes[code] == 0) {
			memcpy(&id, p + 1, sizeof(id));
			if (id != XS_NO_ID)
				memcpy(p + 1, &ids[id], sizeof(id));
		}
		p += size;
	}
}

void hostPrepareScript(txMachine *the, txScript *script) {
	txID *ids;
	if (!script->symbolsBuffer)
		return;
	ids = nameSymbols(the, script);
	prepare(script, ids);
	free(ids);
	free(script->symbolsBuffer);
	script->symbolsBuffer = NULL; /* tells XS that the code is ready and permanent */
}

void fxLoadModule(txMachine *the, txSlot *module, txID moduleID) {
	const HostFile *file = hostFind(hostProgram.modules, hostProgram.moduleCount, fxGetKeyName(the, moduleID));
	txScript *script = file ? hostLoadScript(the, file) : NULL;
	if (!script)
		return;
	hostPrepareScript(the, script);
	if (file->isSimulated)
		hostSimulatedCode(script);
	hostModulesLoaded++;
	fxResolveModule(the, module, moduleID, script, NULL, NULL);
}
