/*
 * For cold code: these files are compiled for size, regardless of the optimization flags. Included first.
 */
#ifndef LOAM_MICRO_SMALL_H
#define LOAM_MICRO_SMALL_H

#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
	#pragma GCC optimize("Os", "no-tree-dominator-opts", "no-caller-saves", "no-tree-vrp", "no-tree-loop-im")
#endif

#endif
