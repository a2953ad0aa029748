#include "field25519.h"

#include <string.h>

/* 2^256 is 38 modulo p: adds `carry` times that. */
static void foldCarry(Field value, uint32_t carry) {
	unsigned i;
	while (carry) {
		uint64_t sum = (uint64_t)carry * 38;
		for (i = 0; i < FIELD_WORDS; i++) {
			sum += value[i];
			value[i] = (uint32_t)sum;
			sum >>= 32;
		}
		carry = (uint32_t)sum;
	}
}

void fieldAdd(Field sum, const Field a, const Field b) {
	uint64_t carry = 0;
	unsigned i;
	for (i = 0; i < FIELD_WORDS; i++) {
		carry += (uint64_t)a[i] + b[i];
		sum[i] = (uint32_t)carry;
		carry >>= 32;
	}
	foldCarry(sum, (uint32_t)carry);
}

void fieldSubtract(Field difference, const Field a, const Field b) {
	uint32_t borrow = 0;
	unsigned i;
	for (i = 0; i < FIELD_WORDS; i++) {
		const uint64_t word = (uint64_t)a[i] - b[i] - borrow;
		difference[i] = (uint32_t)word;
		borrow = (uint32_t)(word >> 32) & 1;
	}
	while (borrow) {
		uint64_t less = 38;
		for (i = 0; i < FIELD_WORDS; i++) {
			const uint64_t word = (uint64_t)difference[i] - less;
			difference[i] = (uint32_t)word;
			less = (word >> 32) & 1;
		}
		borrow = (uint32_t)less;
	}
}

void fieldMultiply(Field product, const Field a, const Field b) {
	uint32_t wide[2 * FIELD_WORDS] = { 0 };
	uint64_t carry;
	unsigned i, j;
	for (i = 0; i < FIELD_WORDS; i++) {
		const uint32_t factor = a[i];
		carry = 0;
		/* At most (2^32 - 1)^2 + 2 (2^32 - 1), which is 2^64 - 1. */
		for (j = 0; j < FIELD_WORDS; j++) {
			carry += (uint64_t)factor * b[j] + wide[i + j];
			wide[i + j] = (uint32_t)carry;
			carry >>= 32;
		}
		wide[i + FIELD_WORDS] = (uint32_t)carry;
	}
	carry = 0;
	for (i = 0; i < FIELD_WORDS; i++) {
		carry += (uint64_t)wide[FIELD_WORDS + i] * 38 + wide[i];
		product[i] = (uint32_t)carry;
		carry >>= 32;
	}
	foldCarry(product, (uint32_t)carry);
}

void fieldSquare(Field square, const Field a) {
	fieldMultiply(square, a, a);
}

void fieldFreeze(Field value) {
	unsigned i, twice;
	/* Below 2^256 = 2p + 38: at most two subtractions of p, each as adding 19 and dropping 2^255. */
	for (twice = 0; twice < 2; twice++) {
		Field more;
		uint64_t carry = 19;
		for (i = 0; i < FIELD_WORDS; i++) {
			carry += value[i];
			more[i] = (uint32_t)carry;
			carry >>= 32;
		}
		if (!carry && !(more[FIELD_WORDS - 1] >> 31))
			return;
		more[FIELD_WORDS - 1] += 0x80000000u;
		memcpy(value, more, sizeof(Field));
	}
}

bool fieldEqual(const Field a, const Field b) {
	Field x, y;
	memcpy(x, a, sizeof x);
	memcpy(y, b, sizeof y);
	fieldFreeze(x);
	fieldFreeze(y);
	return !memcmp(x, y, sizeof x);
}

void fieldPower(Field power, const Field base, unsigned bits, uint8_t low) {
	unsigned bit;
	memcpy(power, base, sizeof(Field));
	for (bit = bits - 1; bit-- > 0;) {
		fieldSquare(power, power);
		if (bit >= 8 || low >> bit & 1)
			fieldMultiply(power, power, base);
	}
}
