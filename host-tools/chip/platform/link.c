/*
 * What the SDK's linker does on the developer's machine: runs the preloaded modules, and saves the machine with all it holds as an image for
 * flash. XS's own machine sharing does it: a machine that runs later is a clone of the shared one, and writes to copies.
 */
#include "chip.h"

enum { chunkBytes = 1 << 20 };

static const char *textAt(uint32_t offset) {
	return (const char *)chipFiles + offset;
}

/* A module's entry: the code's size, the code, the names in it. */
static txScript *scriptOf(const ChipEntry *entry) {
	txScript *script = calloc(1, sizeof(txScript));
	uint32_t size;
	memcpy(&size, textAt(entry->data), sizeof(size));
	script->codeSize = (txSize)size;
	script->codeBuffer = malloc(size);
	memcpy(script->codeBuffer, textAt(entry->data) + sizeof(size), size);
	script->symbolsSize = (txSize)(entry->size - sizeof(size) - size);
	script->symbolsBuffer = malloc((size_t)script->symbolsSize + 1);
	memcpy(script->symbolsBuffer, textAt(entry->data) + sizeof(size) + size, (size_t)script->symbolsSize);
	script->path = (txString)textAt(entry->name);
	script->version[0] = XS_MAJOR_VERSION;
	script->version[1] = XS_MINOR_VERSION;
	script->version[2] = XS_PATCH_VERSION;
	return script;
}

/* Its entry comes after the module's. */
static void markSimulated(const char *module) {
	size_t i;
	for (i = 0; i < hostProgram.moduleCount; i++) {
		if (!strcmp(hostProgram.modules[i].name, module))
			hostProgram.modules[i].isSimulated = 1;
	}
}

static void readFiles(void) {
	HostProgram *p = &hostProgram;
	uint32_t i;
	p->name = strdup(chipSettingOf("name"));
	p->root = strdup(chipSettingOf("root"));
	p->main = strdup(chipSettingOf("main"));
	p->isAsync = chipSettingOf("async") != NULL;
	p->modules = calloc(chipFiles->count, sizeof(HostFile));
	p->preloads = calloc(chipFiles->count, sizeof(char *));
	chipImage->scripts = calloc(chipFiles->count, sizeof(txScript *));
	for (i = 0; i < chipFiles->count; i++) {
		const ChipEntry *entry = &chipFiles->entries[i];
		if (entry->kind == chipPreload)
			p->preloads[p->preloadCount++] = strdup(textAt(entry->name));
		if (entry->kind == chipSimulated)
			markSimulated(textAt(entry->name));
		if (entry->kind != chipModule && entry->kind != chipArchive)
			continue;
		chipImage->scripts[p->moduleCount] = scriptOf(entry);
		p->modules[p->moduleCount++] = (HostFile){ strdup(textAt(entry->name)), NULL, entry->kind == chipArchive, 0 };
	}
	sscanf(chipSettingOf("creation"), "%d %d %d %d %d %d %d %d", &p->staticBytes, &p->chunkInitial,
		&p->chunkIncremental, &p->slotInitial, &p->slotIncremental, &p->stackCount, &p->keyInitial, &p->keyIncremental);
}

static void freezeInstance(txSlot *instance) {
	txSlot *property;
	for (property = instance->next; property; property = property->next) {
		if (property->kind != XS_ACCESSOR_KIND)
			property->flag |= XS_DONT_SET_FLAG;
		property->flag |= XS_DONT_DELETE_FLAG;
	}
	instance->flag |= XS_DONT_PATCH_FLAG;
}

static int isFunction(const txSlot *property) {
	return property->kind == XS_CALLBACK_KIND || property->kind == XS_CALLBACK_X_KIND ||
		property->kind == XS_CODE_KIND || property->kind == XS_CODE_X_KIND;
}

/* Objects that XS cannot copy when they are written to. */
static int isFixed(const txSlot *property) {
	switch (property->kind) {
	case XS_MAP_KIND:
	case XS_SET_KIND:
	case XS_WEAK_MAP_KIND:
	case XS_WEAK_SET_KIND:
	case XS_WEAK_REF_KIND:
	case XS_ARRAY_BUFFER_KIND:
	case XS_DATA_VIEW_KIND:
	case XS_TYPED_ARRAY_KIND:
	case XS_PROMISE_KIND:
	case XS_PROXY_KIND:
	case XS_REGEXP_KIND:
		return 1;
	default:
		return property->ID == XS_ENVIRONMENT_BEHAVIOR || isFunction(property);
	}
}

/* In flash, functions and their prototypes are frozen, as by the SDK's linker: script cannot change a class. */
static void freezeObjects(txMachine *the) {
	txSlot *heap, *slot, *property;
	for (heap = the->firstHeap; heap; heap = heap->next) {
		for (slot = heap + 1; slot < heap->value.reference; slot++) {
			if (slot->kind != XS_INSTANCE_KIND || !slot->next || !(slot->next->flag & XS_INTERNAL_FLAG) ||
				!isFixed(slot->next))
				continue;
			freezeInstance(slot);
			if (!isFunction(slot->next) || !(slot->flag & XS_CAN_CONSTRUCT_FLAG))
				continue;
			for (property = slot->next; property; property = property->next) {
				if (property->ID == mxID(_prototype) && property->kind == XS_REFERENCE_KIND)
					freezeInstance(property->value.reference);
			}
		}
	}
}

/* What a slot points to is in flash: a copy of the slot must not make the garbage collector mark it. */
static void makeStatic(txSlot *slot) {
	txIndex i;
	switch (slot->kind) {
	case XS_STRING_KIND:
		slot->kind = XS_STRING_X_KIND;
		break;
	case XS_BIGINT_KIND:
		slot->kind = XS_BIGINT_X_KIND;
		break;
	case XS_CODE_KIND:
		slot->kind = XS_CODE_X_KIND;
		break;
	case XS_CALLBACK_KIND:
		slot->kind = XS_CALLBACK_X_KIND;
		break;
	case XS_KEY_KIND:
		slot->kind = XS_KEY_X_KIND;
		break;
	case XS_ARRAY_KIND:
		for (i = 0; i < fxGetIndexSize(NULL, slot); i++)
			makeStatic(slot->value.array.address + i);
		break;
	default:
		break;
	}
}

static void makeAllStatic(txMachine *the) {
	txSlot *heap, *slot;
	for (heap = the->firstHeap; heap; heap = heap->next) {
		for (slot = heap + 1; slot < heap->value.reference; slot++)
			makeStatic(slot);
	}
	for (slot = the->stack; slot < the->stackTop; slot++)
		makeStatic(slot);
}

/* The global object has a table of built-in objects, filled at the first use of each; in flash it cannot be filled any more. */
static void fillGlobals(txMachine *the) {
	txID id;
	fxBeginHost(the);
	for (id = XS_SYMBOL_ID_COUNT; id < XS_INTRINSICS_COUNT; id++)
		mxBehaviorGetProperty(the, mxGlobal.value.reference, id, 0, XS_ANY);
	fxEndHost(the);
}

/*
 * What a compartment finds as its global names. Lockdown leaves it as a table; a machine that is a clone takes it for an object, which the SDK's
 * linker makes of it.
 */
static void tableToObject(txMachine *the) {
	const txSlot *table = mxCompartmentGlobal.value.reference->next;
	txSlot *property;
	txID id;
	fxBeginHost(the);
	property = fxLastProperty(the, fxNewInstance(the));
	for (id = XS_SYMBOL_ID_COUNT; id < _Compartment; id++) {
		mxPushSlot(table->value.array.address + id);
		property =
			fxNextSlotProperty(the, property, the->stack, mxID(id), id < _Infinity ? XS_DONT_ENUM_FLAG : XS_GET_ONLY);
		mxPop();
	}
	mxPull(mxCompartmentGlobal);
	fxEndHost(the);
}

void chipLink(void) {
	txCreation creation = { 0 };
	txMachine *the;
	txByte *chunks = (txByte *)(chipImage + 1);
	size_t i;
	chunks = (txByte *)(((uintptr_t)chunks + 15) & ~(uintptr_t)15);
	chipMemoryLink(chunks, chunkBytes);
	chipHeapStart(chunks + chunkBytes, (void *)(chipImageAddress + chipImageBytes));
	readFiles();
	creation.initialChunkSize = 16 * 1024;
	creation.incrementalChunkSize = 4 * 1024;
	creation.initialHeapCount = 1024;
	creation.incrementalHeapCount = 1024;
	creation.stackCount = mxStackIndexCount + 2048;
	creation.initialKeyCount = 4 * 1024;
	creation.nameModulo = 127;
	creation.symbolModulo = 127;
	the = fxCreateMachine(&creation, hostProgram.name, NULL, XS_NO_ID);
	hostStartNatives(the);
	hostBuildGlobals(the);
	hostPreload(the);
	for (i = 0; i < hostProgram.moduleCount; i++)
		hostPrepareScript(the, chipImage->scripts[i]);
	fillGlobals(the);
	tableToObject(the);
	freezeObjects(the);
	fxShareMachine(the);
	makeAllStatic(the);
	chipImage->magic = chipImageMagic;
	chipImage->program = hostProgram;
	chipImage->machine = the;
	chipImage->bytes = (uint32_t)(chipHeapTop - (char *)chipImage);
	chipImage->used = chipImage->bytes - chunkBytes + (uint32_t)the->maximumChunksSize;
	worldSave(chipSettingOf("link"), chipImage, chipImage->bytes);
	worldExit(HOST_EXIT_OK);
}
