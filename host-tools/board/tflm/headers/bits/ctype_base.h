/* Of the C++ library: what its templates name of character classes. Nothing here calls it. */
namespace std {
struct ctype_base {
	typedef int *__to_type;
	typedef unsigned char mask;
	static const mask upper = 1, lower = 2, alpha = 3, digit = 4, xdigit = 8, alnum = 7, space = 16, print = 32,
					  graph = 39, cntrl = 64, punct = 128, blank = 16;
};
} // namespace std
