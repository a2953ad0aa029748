#include "point25519.h"

#include <string.h>

/* Exponents of fieldPower, RFC 8032 section 5.1.3: p - 2 inverts, (p - 5) / 8 = 2^252 - 3 is for the square root. */
enum { inverseBits = 255, inverseLow = 0xeb, rootBits = 252, rootLow = 0xfd };

static const Field one = { 1 };
/* -121665/121666 */
static const Field curveD = { 0x135978a3, 0x75eb4dca, 0x4141d8ab, 0x00700a4d, 0x7779e898, 0x8cc74079, 0x2b6ffe73,
	0x52036cee };
static const Field twiceD = { 0x26b2f159, 0xebd69b94, 0x8283b156, 0x00e0149a, 0xeef3d130, 0x198e80f2, 0x56dffce7,
	0x2406d9dc };
/* A square root of -1: 2^((p - 1) / 4). */
static const Field rootOfMinusOne = { 0x4a0ea0b0, 0xc4ee1b27, 0xad2fe478, 0x2f431806, 0x3dfbd7a7, 0x2b4d0099,
	0x4fc1df0b, 0x2b832480 };

const Point pointBase = {
	{ 0x8f25d51a, 0xc9562d60, 0x9525a7b2, 0x692cc760, 0xfdd6dc5c, 0xc0a4e231, 0xcd6e53fe, 0x216936d3 },
	{ 0x66666658, 0x66666666, 0x66666666, 0x66666666, 0x66666666, 0x66666666, 0x66666666, 0x66666666 },
	{ 1 },
	{ 0xa5b7dda3, 0x6dde8ab3, 0x775152f5, 0x20f09f80, 0x64abe37d, 0x66ea4e8e, 0xd78b7665, 0x67875f0f },
};

void pointSetNeutral(Point *point) {
	memset(point, 0, sizeof *point);
	point->y[0] = point->z[0] = 1;
}

/* (x, y) = (e f / f g, g h / f g), xy = e h / f g: the last step of both formulas of RFC 8032, section 5.1.4. */
static void finish(Point *point, const Field e, const Field f, const Field g, const Field h) {
	fieldMultiply(point->x, e, f);
	fieldMultiply(point->y, g, h);
	fieldMultiply(point->t, e, h);
	fieldMultiply(point->z, f, g);
}

/* Complete: for equal points and the neutral one as well. */
void pointAdd(Point *sum, const Point *p, const Point *q) {
	Field a, b, c, d, e, f;
	fieldSubtract(a, p->y, p->x);
	fieldSubtract(b, q->y, q->x);
	fieldMultiply(a, a, b);
	fieldAdd(b, p->y, p->x);
	fieldAdd(c, q->y, q->x);
	fieldMultiply(b, b, c);
	fieldMultiply(c, p->t, q->t);
	fieldMultiply(c, c, twiceD);
	fieldMultiply(d, p->z, q->z);
	fieldAdd(d, d, d);
	fieldSubtract(e, b, a);
	fieldSubtract(f, d, c);
	fieldAdd(d, d, c);
	fieldAdd(b, b, a);
	finish(sum, e, f, d, b);
}

void pointDouble(Point *twice, const Point *p) {
	Field a, b, c, e, f, g, h;
	fieldSquare(a, p->x);
	fieldSquare(b, p->y);
	fieldSquare(c, p->z);
	fieldAdd(c, c, c);
	fieldAdd(h, a, b);
	fieldAdd(e, p->x, p->y);
	fieldSquare(e, e);
	fieldSubtract(e, h, e);
	fieldSubtract(g, a, b);
	fieldAdd(f, c, g);
	finish(twice, e, f, g, h);
}

void pointNegate(Point *point) {
	static const Field zero = { 0 };
	fieldSubtract(point->x, zero, point->x);
	fieldSubtract(point->t, zero, point->t);
}

/* RFC 8032, section 5.1.3. */
bool pointDecode(Point *point, const uint8_t bytes[POINT_BYTES]) {
	static const Field zero = { 0 };
	Field u, v, cubed, check;
	const uint32_t sign = bytes[POINT_BYTES - 1] >> 7;
	unsigned i;
	for (i = 0; i < FIELD_WORDS; i++)
		point->y[i] = (uint32_t)bytes[4 * i + 3] << 24 | (uint32_t)bytes[4 * i + 2] << 16 |
			(uint32_t)bytes[4 * i + 1] << 8 | bytes[4 * i];
	point->y[FIELD_WORDS - 1] &= 0x7fffffffu;
	memcpy(check, point->y, sizeof check);
	fieldFreeze(check);
	if (memcmp(check, point->y, sizeof check))
		return false;
	memcpy(point->z, one, sizeof one);
	fieldSquare(u, point->y);
	fieldMultiply(v, u, curveD);
	fieldSubtract(u, u, one);
	fieldAdd(v, v, one);
	/* x = u v^3 (u v^7)^((p - 5) / 8) */
	fieldSquare(cubed, v);
	fieldMultiply(cubed, cubed, v);
	fieldSquare(check, cubed);
	fieldMultiply(check, check, v);
	fieldMultiply(check, check, u);
	fieldPower(point->x, check, rootBits, rootLow);
	fieldMultiply(point->x, point->x, cubed);
	fieldMultiply(point->x, point->x, u);
	fieldSquare(check, point->x);
	fieldMultiply(check, check, v);
	if (!fieldEqual(check, u)) {
		fieldAdd(check, check, u);
		if (!fieldEqual(check, zero))
			return false;
		fieldMultiply(point->x, point->x, rootOfMinusOne);
	}
	fieldFreeze(point->x);
	if (sign && fieldEqual(point->x, zero))
		return false;
	if ((point->x[0] & 1) != sign)
		fieldSubtract(point->x, zero, point->x);
	fieldMultiply(point->t, point->x, point->y);
	return true;
}

void pointEncode(uint8_t bytes[POINT_BYTES], const Point *point) {
	Field inverse, x, y;
	unsigned i;
	fieldPower(inverse, point->z, inverseBits, inverseLow);
	fieldMultiply(x, point->x, inverse);
	fieldMultiply(y, point->y, inverse);
	fieldFreeze(x);
	fieldFreeze(y);
	for (i = 0; i < POINT_BYTES; i++)
		bytes[i] = (uint8_t)(y[i / 4] >> 8 * (i % 4));
	bytes[POINT_BYTES - 1] |= (uint8_t)((x[0] & 1) << 7);
}

bool pointIsSmall(const Point *point) {
	static const Field zero = { 0 };
	Point multiple;
	unsigned i;
	memcpy(&multiple, point, sizeof multiple);
	for (i = 0; i < 3; i++)
		pointDouble(&multiple, &multiple);
	return fieldEqual(multiple.x, zero) && fieldEqual(multiple.y, multiple.z);
}
