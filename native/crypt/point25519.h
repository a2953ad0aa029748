/* Points of the twisted Edwards curve of Ed25519 (RFC 8032, section 5.1) in extended coordinates. Not constant time. */
#ifndef LOAM_CRYPT_POINT25519_H
#define LOAM_CRYPT_POINT25519_H

#include "field25519.h"

#define POINT_BYTES 32

/* x = X/Z, y = Y/Z, xy = T/Z */
typedef struct {
	Field x, y, z, t;
} Point;

extern const Point pointBase;

void pointSetNeutral(Point *point);
/* The result may be one of the operands. */
void pointAdd(Point *sum, const Point *a, const Point *b);
void pointDouble(Point *twice, const Point *a);
void pointNegate(Point *point);

/* @returns false for bytes that are no point, or not its canonical encoding: y is p or more, or x is 0 with its sign set */
bool pointDecode(Point *point, const uint8_t bytes[POINT_BYTES]);
void pointEncode(uint8_t bytes[POINT_BYTES], const Point *point);

/* Whether its order divides 8, the cofactor. */
bool pointIsSmall(const Point *point);

#endif
