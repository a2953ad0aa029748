// Of FlatBuffers: what native/inference/tflm uses. Accessors are inline, as there; what they read is somewhere.
#pragma once

#include <cstddef>
#include <cstdint>

namespace flatbuffers {

template <class T = void> struct Offset {};

// What an element is read as: numbers by value, tables by address.
template <class T> struct Read {
	using Type = T;
};
template <class T> struct Read<Offset<T>> {
	using Type = const T *;
};

template <class T> class Vector {
public:
	using Element = typename Read<T>::Type;

	uint32_t size() const {
		return length_;
	}
	Element Get(uint32_t i) const {
		return elements_[i];
	}
	const Element *begin() const {
		return elements_;
	}
	const Element *end() const {
		return elements_ + length_;
	}
	const uint8_t *data() const {
		return reinterpret_cast<const uint8_t *>(elements_);
	}

private:
	uint32_t length_;
	Element elements_[1];
};

struct String : Vector<char> {
	const char *c_str() const {
		return reinterpret_cast<const char *>(data());
	}
};

class Table {
public:
	template <class T> T field(int number) const {
		return *reinterpret_cast<const T *>(data_ + 8 * number);
	}

private:
	uint8_t data_[1];
};

class Verifier {
public:
	Verifier(const uint8_t *bytes, size_t count) : bytes_(bytes), count_(count) {
	}
	bool check() const {
		return bytes_ && count_;
	}

private:
	const uint8_t *bytes_;
	size_t count_;
};

} // namespace flatbuffers
