/*
 * What script hands to a native method, checked. It may hand over anything: an object of another class as `this`, a number
 * that is none, an object whose valueOf closes the very object that the method is called on. So a method takes, in this
 * order:
 *   1. numbers, strings: they run script, which may close objects, detach buffers and move what is in XS's heap;
 *   2. buffers (xsmcGetBufferReadable, xsmcGetBufferWritable), which run nothing and refuse what is no buffer or, for
 *      writing, in flash;
 *   3. the C data of objects, which runs nothing either;
 * and is done with the pointers of 2 and 3 before it runs script or allocates in XS's heap again.
 *
 * Include xsmc.h before.
 */
#ifndef LOAM_ARGUMENTS_H
#define LOAM_ARGUMENTS_H

#include <stdint.h>

/* A whole number from `least` to `most`. Throws RangeError saying what it is of. */
int32_t argumentInteger(xsMachine *the, int index, const char *what, int32_t least, int32_t most);

/*
 * The C data of a class's object; `destructor`, which the class names in Native("..."), tells the classes apart. NULL when
 * the object was closed, or is about to be constructed. Throws TypeError for anything else.
 */
void *hostDataOf(xsMachine *the, xsSlot *object, xsDestructor destructor, const char *what);

/* As above; throws when there is none. */
void *openHostDataOf(xsMachine *the, xsSlot *object, xsDestructor destructor, const char *what);

/* For a constructor: `this` is of the class and has no data yet. */
void checkUnconstructed(xsMachine *the, xsDestructor destructor, const char *what);

#endif
